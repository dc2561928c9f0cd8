//! Objects on their way: most are moved as they are, raw entries get the target's schema ids.

use super::folder::sha256;
use super::line::{Bytes, ObjectLine, Value, check_entry};
use super::part::Family;
use super::{Deployment, PAGE};
use anyhow::Context as _;
use mediamesh_runtime::archive;
use mediamesh_schemas::Codec;

/// Where raw entries of another deployment stand: an object of one's own is named by its offset, which the target
/// will give again.
const MOVED: &str = "raw-archive/moved/";

/// The names of all objects of a family, in an order that a move keeps.
pub(super) fn names(deployment: &Deployment, family: Family) -> anyhow::Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    let mut after = String::new();
    loop {
        let listed = deployment.stores.objects.list("", &after, PAGE);
        let page = deployment.wait(listed)?;
        let full = page.len() == PAGE;
        if let Some(last) = page.last() {
            after.clone_from(last);
        }
        names.extend(
            page.into_iter()
                .filter(|name| Family::of(name) == Some(family)),
        );
        if !full {
            names.sort_by(|one, other| rank(one).cmp(rank(other)));
            return Ok(names);
        }
    }
}

/// What a name is sorted by.
fn rank(name: &str) -> &str {
    name.strip_prefix(MOVED)
        .or_else(|| name.strip_prefix(archive::FOLDER))
        .unwrap_or(name)
}

/// The line of an object; none where it was removed meanwhile.
pub(super) fn line(deployment: &Deployment, name: &str) -> anyhow::Result<Option<ObjectLine>> {
    let Some(bytes) = deployment.wait(deployment.stores.objects.get(name))? else {
        return Ok(None);
    };
    let line = of_bytes(&deployment.stores.codec, name, bytes);
    line.map(Some).with_context(|| format!("object {name}"))
}

fn of_bytes(codec: &Codec, name: &str, bytes: Vec<u8>) -> anyhow::Result<ObjectLine> {
    if !name.starts_with(archive::FOLDER) {
        return Ok(ObjectLine {
            name: name.to_owned(),
            bytes: Some(Bytes(bytes)),
            entries: None,
        });
    }
    let values = archive::unpack(&bytes).context("it cannot be unpacked")?;
    let entries = values.iter().map(|value| Value::of(codec, value, false));
    let entries = entries.collect::<anyhow::Result<Vec<_>>>()?;
    let name = match name.strip_prefix(archive::FOLDER) {
        Some(own) if !name.starts_with(MOVED) => {
            let hash = sha256(serde_json::to_vec(&entries)?);
            format!("{MOVED}{own}-{}", &hash[..16])
        }
        _ => name.to_owned(),
    };
    Ok(ObjectLine {
        name,
        bytes: None,
        entries: Some(entries),
    })
}

/// The bytes that an object has in the target; read through where they are raw entries.
pub(super) fn bytes(codec: &Codec, line: ObjectLine) -> anyhow::Result<(String, Vec<u8>)> {
    let Some(entries) = line.entries else {
        let bytes = line.bytes.context("it holds nothing")?;
        return Ok((line.name, bytes.0));
    };
    let values = entries.iter().map(|entry| {
        let value = entry.wire(codec)?;
        check_entry(codec, &value)?;
        Ok(value)
    });
    let values = values.collect::<anyhow::Result<Vec<_>>>()?;
    let packed = archive::pack(values.iter().map(Vec::as_slice))?;
    Ok((line.name, packed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_of_raw_entries_gets_a_name_that_no_offset_gives_and_keeps_it() {
        let codec = Codec::embedded();
        let own = format!("{}003/00000000000000000007", archive::FOLDER);
        let packed = archive::pack(std::iter::empty()).unwrap();
        let first = of_bytes(&codec, &own, packed).unwrap();
        assert!(
            first
                .name
                .starts_with("raw-archive/moved/003/00000000000000000007-")
        );
        let (name, bytes) = bytes(&codec, first.clone()).unwrap();
        assert_eq!(of_bytes(&codec, &name, bytes).unwrap(), first);
        assert_eq!(rank(&own), "003/00000000000000000007");
        assert!(rank(&name).starts_with(rank(&own)));
    }

    #[test]
    fn other_objects_stay_as_they_are() {
        let codec = Codec::embedded();
        let line = of_bytes(&codec, "fetch-state/x", vec![0, 1, 2]).unwrap();
        let moved = bytes(&codec, line).unwrap();
        assert_eq!(moved, ("fetch-state/x".to_owned(), vec![0, 1, 2]));
    }
}
