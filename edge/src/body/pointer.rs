//! JSON pointers (RFC 6901) of the places where reading stopped.

use serde_path_to_error::{Path, Segment};

/// The pointer of a path.
pub(super) fn pointer(path: &Path) -> String {
    path.iter().fold(String::new(), |mut pointer, segment| {
        let name = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            // An enum's variant or a place unknown: the pointer stays at what holds it.
            Segment::Enum { .. } | Segment::Unknown => return pointer,
        };
        pointer.push('/');
        pointer.push_str(&name);
        pointer
    })
}
