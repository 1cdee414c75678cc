use axum::response::Html;

use super::App;

/// A page with the classification of the store at its top, where there is one.
pub(super) fn classified(app: &App, page: &str) -> Html<String> {
    Html(match &app.atlas.snapshot().disclosure.classification {
        Some(label) => with_label(page, label),
        None => page.to_owned(),
    })
}

fn with_label(page: &str, label: &str) -> String {
    let label = label.replace('&', "&amp;").replace('<', "&lt;");
    page.replacen("<body>", &format!("<body>\n<p id=\"classification\">{label}</p>"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_the_first_of_a_page_and_never_markup() {
        let page = with_label("<html><body>\n<h1>图谱</h1></body></html>", "内部<b>&资料");
        assert_eq!(
            page,
            "<html><body>\n<p id=\"classification\">内部&lt;b>&amp;资料</p>\n<h1>图谱</h1></body></html>"
        );
    }
}
