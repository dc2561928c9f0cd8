//! Lists come in without doubles, and go out as they came in.

use super::*;
use crate::feed::{Document, Limits, opml};
use mediamesh_domain::control::{SourceEntry, opml as written};
use mediamesh_domain::position::Version;
use mediamesh_domain::time::Timestamp;

fn list(text: &str) -> List {
    let limits = Limits::default();
    let document = Document::decode(text.as_bytes(), None, &limits).unwrap();
    opml::read(&document, &limits).unwrap()
}

fn with(control: &mut ControlState, planned: &[Planned]) {
    for planned in planned.iter().filter(|planned| planned.fate == Fate::New) {
        let entry = SourceEntry {
            version: Version(1),
            fields: planned.source(SourcePolicies::default()),
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
        };
        control.sources.insert(planned.source_id.unwrap(), entry);
    }
}

fn fates(planned: &[Planned]) -> Vec<(usize, Fate)> {
    planned.iter().map(|one| (one.line, one.fate)).collect()
}

const FEEDS: &str = "<opml><body>
<outline title='Night &lt;ferry&gt; &amp; \"co\"' xmlUrl='https://a.example/f?b=1&amp;c=2'/>
<outline title='Again' xmlUrl='https://A.example/f?b=1&amp;c=2&amp;utm_source=x#top'/>
<outline text='Sea'><outline title='night &lt;FERRY&gt; &amp; \"co\"' xmlUrl='feed://b.example/'/></outline>
<outline xmlUrl='https://c.example/'/>
<outline text='secret' xmlUrl='https://me:pw@d.example/'/>
<outline text='odd' xmlUrl='ftp://e.example/'/>
</body></opml>";

#[test]
fn doubles_are_told_and_what_is_broken_is_refused_with_its_line() {
    let planned = plan(&list(FEEDS), &ControlState::default());
    let expected = [
        (2, Fate::New),
        (3, Fate::Repeated),
        (4, Fate::New),
        (5, Fate::New),
        (6, Fate::Refused),
        (7, Fate::Refused),
    ];
    assert_eq!(fates(&planned), expected);
    assert_eq!(
        planned[1].reason.as_deref(),
        Some("line 2 has the same address")
    );
    assert_eq!(
        planned[2].name, "night <FERRY> & \"co\" (Sea)",
        "names are unique"
    );
    assert_eq!(planned[3].name, "https://c.example/");
    assert!(planned[4].reason.as_ref().unwrap().contains("password"));
}

#[test]
fn a_list_that_goes_out_comes_in_as_the_same_sources() {
    let mut control = ControlState::default();
    let planned = plan(&list(FEEDS), &control);
    with(&mut control, &planned);
    let out = list(&written(&control));
    let again = plan(&out, &control);
    assert_eq!(
        fates(&again)
            .iter()
            .filter(|(_, fate)| *fate == Fate::There)
            .count(),
        3
    );
    let mut anew = ControlState::default();
    let planned = plan(&out, &anew);
    with(&mut anew, &planned);
    assert_eq!(anew, control);
}
