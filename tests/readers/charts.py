"""Reads charts back with programs that are not ours: Graphviz, and a text extractor for PDF.

    python3 tests/readers/charts.py target/debug/orgatlas

Needs dot (graphviz), pdftotext (poppler-utils) and a font with Chinese characters (fonts-noto-cjk).
"""

import csv
import html
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

PROGRAM = Path(sys.argv[1]).resolve()
DISTRICT = Path(__file__).resolve().parents[2] / "graph-data" / "district"
ALL = "--root zq-party-committee --view party --depth 12 --limit 100000 --as-of 2024-06-30"


def run(*command, folder):
    return subprocess.run([str(part) for part in command], cwd=folder, check=True, capture_output=True).stdout


def draw(folder, form, *options):
    file = folder / f"all.{form}"
    run(PROGRAM, "diagram", "--data", "store", *ALL.split(), *options, "--format", form, "-o", file, folder=folder)
    return file


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(PROGRAM, "import", "--data", "store", DISTRICT, folder=folder)

        boxes = len(re.findall(r"^  b\d+ \[label=", draw(folder, "dot").read_text(), re.M))
        plain = run("dot", "-Tdot_json", folder / "all.dot", folder=folder)
        assert plain.count(b'"tooltip"') == boxes > 3000, boxes
        print(f"Graphviz reads {boxes} boxes")

        svg = xml.parse(draw(folder, "svg")).getroot()
        lines = {text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")}
        # On the sheets that hang side by side, the overview in front of them left out: none cuts a name.
        run("pdftotext", "-raw", "-f", "2", draw(folder, "pdf"), "all.txt", folder=folder)
        sheets = (folder / "all.txt").read_text()
        extracted = re.sub(r"\s", "", sheets)
        missing = [line for line in lines if re.sub(r"\s", "", line) not in extracted]
        assert not missing, f"{len(missing)} of {len(lines)} lines are not in the PDF: {sorted(missing)[:5]}"
        print(f"pdftotext finds all {len(lines)} lines of text on {sheets.count(chr(12))} sheets")
        fonts = run("pdffonts", folder / "all.pdf", folder=folder).decode().splitlines()[2:]
        assert fonts and all(re.search(r" yes +yes +yes +\d+ +\d+$", font) for font in fonts), fonts
        print("its font is embedded, a subset, and maps to text")

        cells = xml.parse(draw(folder, "drawio")).getroot().find("diagram/mxGraphModel/root")
        ids = [cell.get("id") for cell in cells]
        assert len(set(ids)) == len(ids) and ids[:2] == ["0", "1"]
        edges = [cell for cell in cells.iter("mxCell") if cell.get("edge")]
        assert all(edge.get("source") in ids and edge.get("target") in ids for edge in edges)
        assert sum(cell.tag == "UserObject" for cell in cells) == boxes and len(edges) == boxes - 1
        print(f"draw.io's file has {boxes} boxes and {len(edges)} lines that join them")


HOSTILE = """id,kind,name
listed,INDUSTRY_ASSOCIATION,1. 甲会 &amp; &lt;b&gt;
title,ENTERPRISE,"%%{init: {}}%% <img src=x onerror=alert(1)>"
description,ENTERPRISE,- 乙厂 \\N \\G javascript:alert(1)
chart,ENTERPRISE,丙厂\u2028丁厂 ]]> -->
"""


def hostile():
    """Names that are markup somewhere are shown as they are, and no id stands twice in a page of two charts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "organizations.csv").write_text(HOSTILE)
        members = "".join(f"{unit},MEMBER_OF,listed\n" for unit in ("title", "description", "chart"))
        (folder / "relations.csv").write_text("source,type,target\n" + members)
        run(PROGRAM, "import", "--data", "store", "organizations.csv", "relations.csv", folder=folder)
        names = {line.replace("\u2028", " ") for line in (row[2] for row in csv.reader(HOSTILE.split("\n")[1:-1]))}

        def chart(form, *options):
            command = ["diagram", "--data", "store", "--root", "listed", "--view", "membership", "--format", form]
            return run(PROGRAM, *command, *options, folder=folder).decode()

        svgs = [xml.fromstring(chart("svg", "--theme", theme)) for theme in ("print", "dark")]
        ids = [element.get("id") for svg in svgs for element in svg.iter() if element.get("id")]
        links = {element.get("href") for svg in svgs for element in svg.iter() if element.get("href")}
        assert len(set(ids)) == len(ids) == 8 and links == {f"#{one}" for one in ids}, (ids, links)
        titles = {title.text.split("，")[0] for title in svgs[0].iter("{http://www.w3.org/2000/svg}title")}
        assert names <= titles, (names, titles)
        (folder / "chart.dot").write_text(chart("dot"))
        drawn = xml.fromstring(run("dot", "-Tsvg", "chart.dot", folder=folder))
        texts = {text.text.replace("\xa0", " ") for text in drawn.iter("{http://www.w3.org/2000/svg}text")}
        assert names <= texts, (names, texts)
        cells = xml.fromstring(chart("drawio")).find("diagram/mxGraphModel/root")
        labels = {html.unescape(cell.get("label").split("<br>")[0]) for cell in cells.iter("UserObject")}
        assert names == labels, (names, labels)
        print(f"{len(names)} hostile names are shown as they are")


main()
hostile()
