//! Plain text as paragraphs and line breaks.

use super::entities::escape;

/// The HTML of a text: a paragraph for what stands between blank lines, a `<br>` for each other line end.
pub(super) fn write(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16 + 16);
    let mut open = false;
    for line in text.split([
        '\n', '\u{2028}', '\u{2029}', '\r', '\u{0B}', '\u{0C}', '\u{85}',
    ]) {
        let start = out.len();
        out.push_str(if open { "<br>\n" } else { "\n<p>" });
        let content = out.len();
        escape(&mut out, line.trim());
        if !out[content..].trim().is_empty() {
            open = true;
            continue;
        }
        out.truncate(start);
        // `\r\n` leaves an empty piece between its two signs, which is no blank line
        if open && !is_between_cr_and_lf(text, line) {
            out.push_str("</p>");
            open = false;
        }
    }
    if open {
        out.push_str("</p>");
    }
    out.trim_start().to_owned()
}

/// Whether an empty piece of a text stands between the two signs of a `\r\n`.
fn is_between_cr_and_lf(text: &str, piece: &str) -> bool {
    let at = piece.as_ptr() as usize - text.as_ptr() as usize;
    piece.is_empty() && at > 0 && text[..at].ends_with('\r') && text[at..].starts_with('\n')
}
