//! Headers that hold comma-separated lists, over one line or several (RFC 9110 section 5.6.1).

use http::{HeaderMap, HeaderName};

/// The members of a list header, commas inside quotes left alone; `None` where it is absent or not text.
pub(crate) fn members(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<String>> {
    let mut members = Vec::new();
    let mut present = false;
    for value in headers.get_all(name) {
        present = true;
        split(value.to_str().ok()?, &mut members);
    }
    present.then_some(members)
}

fn split(line: &str, members: &mut Vec<String>) {
    let (mut quoted, mut start) = (false, 0);
    let mut push = |member: &str| {
        let member = member.trim();
        if !member.is_empty() {
            members.push(member.to_owned());
        }
    };
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                push(&line[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    push(&line[start..]);
}
