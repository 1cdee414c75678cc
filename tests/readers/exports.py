"""Reads exports back with programs that are not ours: networkx, rdflib, openpyxl and pyarrow.

    python3 tests/readers/exports.py target/debug/orgatlas

Needs what requirements.txt beside it names.
"""

import csv
import io
import json
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import networkx
import openpyxl
import pyarrow.parquet
import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import ORG, RDF, SKOS, XSD

PROGRAM = Path(sys.argv[1]).resolve()
DISTRICT = Path(__file__).resolve().parents[2] / "graph-data" / "district"
OWN = rdflib.Namespace("urn:orgatlas:vocabulary:")

ORGANIZATIONS = """id,kind,name,name_en,synthetic,employees,annual_income_cny,established_on,dissolved_on,source
x-1,ENTERPRISE,"示例<&>""一""公司",one,true,7,-12.5,2000-02-29,2024-03-01,generated
x-2,INDUSTRY_ASSOCIATION,=示例协会,,true,,,,,generated
"""
RELATIONS = """source,type,target,mode,valid_from,valid_to,citation
x-1,MEMBER_OF,x-2,,2020-01-01,2024-01-01,
x-1,LOCATED_IN,cn-370114001,,,,
x-2,LOCATED_IN,cn-370114001,,,,
"""
EXEMPTIONS = """indicator,unit,reason,granted_by,granted_on,until
two-new-own-branch,x-1,停产搬迁,区委组织部,2023-01-01,2024-01-01
"""
VALUES = """organization,attribute,value,valid_from,valid_to,source
x-1,employees,9,2022-01-01,2023-01-01,年报
x-1,employees,8,2023-01-01,,年报
"""


def run(*command, folder):
    return subprocess.run([str(part) for part in command], cwd=folder, check=True, capture_output=True, text=True)


def export(folder, form, *options):
    path = folder / f"{form}-export"
    run(PROGRAM, "export", "--data", "store", "--format", form, *options, "-o", path, folder=folder)
    return path


def rows(path, encoding="utf-8"):
    with open(path, newline="", encoding=encoding) as file:
        return list(csv.DictReader(file))


def typed(rows, column, read):
    return {row["id"]: read(row[column]) for row in rows if row[column]}


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        more = folder / "more"
        more.mkdir()
        texts = {"organizations": ORGANIZATIONS, "relations": RELATIONS, "exemptions": EXEMPTIONS, "values": VALUES}
        for table, text in texts.items():
            (more / f"{table}.csv").write_text(text, encoding="utf-8")
        run(PROGRAM, "import", "--data", "store", DISTRICT, more, folder=folder)
        exact = export(folder, "csv")
        organizations, relations = (rows(exact / f"{table}.csv") for table in ("organizations", "relations"))
        counts = (len(organizations), len(relations))
        employees = typed(organizations, "employees", int)
        incomes = typed(organizations, "annual_income_cny", float)
        names = {row["id"]: row["name"] for row in organizations}
        synthetic = {row["id"] for row in organizations if row["synthetic"] == "true"}

        graph = networkx.read_graphml(export(folder, "graphml"), force_multigraph=True)
        check_graph(graph, counts, employees, incomes, names, synthetic)
        print(f"networkx reads GraphML: {counts[0]} nodes, {counts[1]} edges, {len(employees)} counts as numbers")

        graph = networkx.read_gexf(export(folder, "gexf"), version="1.3")
        check_graph(graph, counts, employees, incomes, names, synthetic)
        check_spells(graph, organizations, relations)

        graph = networkx.cytoscape_graph(json.loads(export(folder, "cytoscape").read_text(encoding="utf-8")))
        check_graph(graph, counts, employees, incomes, names, synthetic)
        node = graph.nodes["x-1"]
        assert node["exemptions"][0]["reason"] == "停产搬迁" and [v["value"] for v in node["values"]] == [9, 8], node
        print("networkx reads Cytoscape JSON, exemptions and dated values included")

        check_rdf(folder)
        check_workbook(export(folder, "xlsx"), organizations, relations)
        check_parquet(export(folder, "parquet"), counts, employees, incomes, names)
        check_spreadsheet_safe(folder, exact)


def check_graph(graph, counts, employees, incomes, names, synthetic):
    assert graph.is_directed() and (graph.number_of_nodes(), graph.number_of_edges()) == counts, graph
    data = dict(graph.nodes(data=True))
    found = {id: node["employees"] for id, node in data.items() if "employees" in node}
    assert found == employees and all(type(count) is int for count in found.values())
    assert {id: node["annual_income_cny"] for id, node in data.items() if "annual_income_cny" in node} == incomes
    assert {id: node.get("label", node["name"]) for id, node in data.items()} == names
    assert {id for id, node in data.items() if node["synthetic"] is True} == synthetic
    assert all(edge.get("label") or edge.get("name") for *_, edge in graph.edges(data=True))


def last(day):
    """GEXF 1.3 ends a spell on its last day, a ledger on the day after it."""
    return str(date.fromisoformat(day) - timedelta(days=1)) if day else "None"


def check_spells(graph, organizations, relations):
    spells = {id: node["spells"] for id, node in graph.nodes(data=True) if "spells" in node}
    dated = [row for row in organizations if row["established_on"] or row["dissolved_on"]]
    assert spells == {r["id"]: [(r["established_on"] or "None", last(r["dissolved_on"]))] for r in dated}
    spells = Counter(edge["spells"][0] for *_, edge in graph.edges(data=True) if "spells" in edge)
    dated = [row for row in relations if row["valid_from"] or row["valid_to"]]
    assert spells == Counter((row["valid_from"] or "None", last(row["valid_to"])) for row in dated)
    values = graph.nodes["x-1"]["dated_employees"]
    assert values == [(9, "2022-01-01", "2022-12-31"), (8, "2023-01-01", "None")], values
    print(f"networkx reads GEXF 1.3: {len(spells)} different spells of {len(dated)} dated relations, dated values")


def check_rdf(folder):
    # A subdistrict has every term; rdflib would take minutes over the district. Triples are compared as sets, which is
    # quick since no node is blank; those of a few communities by the algorithm for all graphs.
    within = ("--root", "cn-370114001")
    turtle = rdflib.Graph().parse(export(folder, "turtle", *within), format="turtle")
    json_ld = rdflib.Graph().parse(export(folder, "jsonld", *within), format="json-ld")
    assert not any(isinstance(node, rdflib.BNode) for node in turtle.all_nodes())
    assert set(turtle) == set(json_ld), list(set(turtle) ^ set(json_ld))[:5]
    part = ("--root", "cn-370114001", "--depth", "1", "--kinds", "COMMUNITY", "--as-of", "2024-06-30")
    parts = [
        rdflib.Graph().parse(export(folder, form, *part), format=reads)
        for form, reads in (("turtle", "turtle"), ("jsonld", "json-ld"))
    ]
    assert isomorphic(*parts) and len(parts[0]) > 300, len(parts[0])
    terms = [ORG.subOrganizationOf, ORG.unitOf, ORG.memberOf, ORG.linkedTo, ORG.hasSite, ORG.classification]
    missing = [term for term in terms + [ORG.memberDuring] if (None, term, None) not in turtle]
    classes = [ORG.FormalOrganization, ORG.OrganizationalUnit, ORG.Site, ORG.Membership]
    missing += [of for of in classes if (None, RDF.type, of) not in turtle]
    assert not missing, missing
    one = rdflib.URIRef("urn:orgatlas:organization/x-1")
    assert {label.language.lower() for label in turtle.objects(one, SKOS.prefLabel)} == {"zh-hans", "en"}
    assert turtle.value(one, OWN.annualIncomeCny).datatype == XSD.decimal
    assert turtle.value(one, OWN.synthetic).toPython() is True
    for of in (OWN.Exemption, OWN.DatedValue):
        assert any((thing, OWN.subject, one) in turtle for thing in turtle.subjects(RDF.type, of)), of
    print(f"rdflib reads {len(turtle)} triples of Turtle and the same of JSON-LD")


def check_workbook(path, organizations, relations):
    # Given as bytes, since it refuses a name that does not end in xlsx.
    workbook = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True)
    assert workbook.sheetnames == ["organizations", "relations", "exemptions", "values"], workbook.sheetnames
    for sheet, expected in (("organizations", organizations), ("relations", relations)):
        found = workbook[sheet].iter_rows(values_only=True)
        header = next(found)
        for row, of in zip(found, expected, strict=True):
            assert [cell or "" for cell in row] == [of[column] for column in header], of
    print("openpyxl reads every cell of the workbook as the CSV has it")


def check_parquet(folder, counts, employees, incomes, names):
    tables = {path.stem: pyarrow.parquet.read_table(path) for path in sorted(folder.iterdir())}
    assert list(tables) == ["exemptions", "organizations", "relations", "values"]
    organizations = tables["organizations"]
    assert (organizations.num_rows, tables["relations"].num_rows) == counts
    types = {field.name: str(field.type) for field in organizations.schema}
    wanted = {"employees": "int32", "synthetic": "bool", "established_on": "date32[day]", "annual_income_cny": "double"}
    assert wanted.items() <= types.items() and types["aliases"].startswith("list<"), types
    read = organizations.to_pylist()
    assert {row["id"]: row["name"] for row in read} == names
    assert {row["id"]: row["employees"] for row in read if row["employees"] is not None} == employees
    assert {row["id"]: row["annual_income_cny"] for row in read if row["annual_income_cny"] is not None} == incomes
    one = next(row for row in read if row["id"] == "x-1")
    assert (one["established_on"], one["source"]) == (date(2000, 2, 29), ["generated"]), one
    assert tables["exemptions"].num_rows == 1 and tables["values"].num_rows == 2
    assert b"generated" in organizations.schema.metadata
    print(f"pyarrow reads {len(types)} typed columns of Parquet")


def check_spreadsheet_safe(folder, exact):
    safe = export(folder, "csv", "--spreadsheet-safe")
    for table in safe.iterdir():
        assert table.read_bytes().startswith(b"\xef\xbb\xbf"), table
        for row in rows(table, "utf-8-sig"):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values()), row
    run(PROGRAM, "import", "--data", "again", safe, folder=folder)
    again = folder / "again-export"
    run(PROGRAM, "export", "--data", "again", "--format", "csv", "-o", again, folder=folder)
    # The safe export took the place of the exact one, so that the exact one is made again.
    for table in export(folder, "csv").iterdir():
        assert table.read_bytes() == (again / table.name).read_bytes(), table.name
    print("no cell of a spreadsheet-safe export is a formula, and it comes back exact")


main()
