//! Whether a page is well-formed, by the stricter rules of XML, and whether it needs anything else.

/// Elements whose contents are no markup.
const RAW: [&str; 2] = ["script", "style"];
/// Attributes that could load something.
const LOADING: [&str; 8] =
    ["src", "href", "xlink:href", "srcset", "data", "action", "poster", "formaction"];

/// What is wrong with a page; nothing for one that is well-formed and needs no other file.
pub fn faults(page: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut ids: Vec<String> = Vec::new();
    let mut rest = page.strip_prefix("<!DOCTYPE html>").unwrap_or_else(|| {
        faults.push("no doctype".into());
        page
    });
    while let Some(start) = rest.find('<') {
        check_text(&rest[..start], &mut faults);
        let Some(end) = rest[start..].find('>') else {
            faults.push("a tag without its end".into());
            break;
        };
        let tag = &rest[start + 1..start + end];
        rest = &rest[start + end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                faults.push(format!("</{name}> closes nothing"));
            }
            continue;
        }
        let is_closed = tag.ends_with('/');
        let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        for (attribute, value) in attributes(&tag[name.len()..], &mut faults) {
            check_text(&value, &mut faults);
            let stays = value.starts_with('#') || value.starts_with("data:");
            if LOADING.contains(&attribute.as_str()) && !stays {
                faults.push(format!("{attribute}=\"{value}\" leads out of the page"));
            }
            if attribute.starts_with("on") {
                faults.push(format!("a script in the attribute {attribute}"));
            }
            if attribute == "id" {
                ids.push(value);
            }
        }
        if RAW.contains(&name.as_str()) {
            let close = format!("</{name}>");
            match rest.find(&close) {
                Some(at) => rest = &rest[at + close.len()..],
                None => faults.push(format!("<{name}> is not closed")),
            }
        } else if !is_closed {
            open.push(name);
        }
    }
    if !open.is_empty() {
        faults.push(format!("not closed: {open:?}"));
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    if ids.len() < count {
        faults.push("an id twice".into());
    }
    for protocol in ["http:", "https:", "//www.", "url(data", "@import"] {
        if page.contains(protocol) {
            faults.push(format!("it names {protocol}"));
        }
    }
    faults
}

fn check_text(text: &str, faults: &mut Vec<String>) {
    for reference in text.split('&').skip(1) {
        let name = reference.split(';').next().unwrap_or_default();
        if !["amp", "lt", "gt", "quot"].contains(&name) {
            faults.push(format!("&{name} is no reference"));
        }
    }
    if text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        faults.push(format!("a control character in {text:?}"));
    }
}

/// Names and values, which must be quoted.
fn attributes(tag: &str, faults: &mut Vec<String>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = tag.trim_end_matches('/').trim();
    while !rest.is_empty() {
        let Some((name, value)) = rest.split_once("=\"") else {
            faults.push(format!("an attribute without a quoted value: {rest}"));
            break;
        };
        let Some((value, after)) = value.split_once('"') else {
            faults.push(format!("a quotation that does not end: {rest}"));
            break;
        };
        found.push((name.to_owned(), value.to_owned()));
        rest = after.trim_start();
    }
    found
}

/// The contents of the section with this anchor; empty when there is none.
#[allow(dead_code, reason = "not every test looks at sections")]
pub fn section<'a>(page: &'a str, anchor: &str) -> &'a str {
    let start = format!("<section id=\"{anchor}\">");
    let after = page.split_once(&start).map_or("", |(_, after)| after);
    after.split_once("</section>").map_or("", |(inside, _)| inside)
}

#[test]
fn faults_are_found() {
    let faults = |body: &str| faults(&format!("<!DOCTYPE html><p>{body}</p>")).len();
    assert_eq!(faults("a <b id=\"x\">b</b> &amp; <br/> <script>a < b && \"</script>"), 0);
    for wrong in [
        "<b>",
        "</b>",
        "<img src=\"a.png\"/>",
        "a & b",
        "<b class=x></b>",
        "<a href=\"page.html\">a</a>",
        "http://example",
        "\u{7}",
        "<b onclick=\"x\"></b>",
        "<b id=\"a\"></b><i id=\"a\"></i>",
    ] {
        assert!(faults(wrong) > 0, "{wrong}");
    }
}
