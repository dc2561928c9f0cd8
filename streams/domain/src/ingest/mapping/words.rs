//! What stands at the places of a mapping, in the words of RSS.

use super::targets::{Shape, Target};
use super::{Place, Pointer};
use crate::ingest::Element;
use crate::model::limits;
use crate::repair;
use std::collections::BTreeMap;

/// An element of what is at the places, and the fields at whose place nothing is.
pub(super) fn translate(
    name: &str,
    from: &Element,
    places: &BTreeMap<String, Place>,
    targets: &'static [Target],
) -> (Element, Vec<&'static str>) {
    let mut to = named(name);
    let missed = fill(&mut to, from, places, targets);
    (to, missed)
}

fn fill(
    to: &mut Element,
    from: &Element,
    places: &BTreeMap<String, Place>,
    targets: &'static [Target],
) -> Vec<&'static str> {
    let mut missed = Vec::new();
    // In the order of the targets: the first of several ways to say one thing counts.
    for target in targets {
        if let Some(place) = places.get(target.name)
            && !say(to, target.shape, place, from)
        {
            missed.push(target.pointer);
        }
    }
    missed
}

/// Adds what is at a place as RSS says it; false where nothing is there.
fn say(to: &mut Element, shape: Shape, place: &Place, from: &Element) -> bool {
    match shape {
        Shape::Things(name, members) => {
            let things = things(name, members, place, from, limits::LIST);
            let any = !things.is_empty();
            to.children.extend(things);
            any
        }
        Shape::ThingsWithin(outer, name, members) => {
            let things = things(name, members, place, from, limits::CHAPTERS);
            let any = !things.is_empty();
            to.children.extend(any.then(|| Element {
                children: things,
                ..named(outer)
            }));
            any
        }
        _ => {
            let values = place.values(from);
            let any = !values.is_empty();
            if any {
                put(to, shape, values);
            }
            any
        }
    }
}

/// The things at a place: each with members where the mapping says, or with the members' own names, or a bare text.
fn things(
    name: &'static str,
    members: &'static [Target],
    place: &Place,
    from: &Element,
    most: usize,
) -> Vec<Element> {
    let some = |thing: &Element| {
        !thing.text.is_empty() || !thing.attributes.is_empty() || !thing.children.is_empty()
    };
    let things: Vec<Element> = match place {
        Place::Each(list) => {
            let found = list.each.find(from).into_iter().take(most);
            let thing = |one: &Element| {
                let mut thing = named(name);
                fill(&mut thing, one, &list.fields, members);
                thing
            };
            found.map(thing).collect()
        }
        Place::At(at) => {
            let found = at.find(from).into_iter().take(most);
            found.map(|one| by_itself(name, members, one)).collect()
        }
        Place::Prefixed(_) => {
            let texts = place.values(from).into_iter();
            texts.map(|text| of_text(name, members, text)).collect()
        }
    };
    things.into_iter().filter(some).collect()
}

/// A thing whose members are called as ours are, or that is a text alone.
fn by_itself(name: &'static str, members: &'static [Target], one: &Element) -> Element {
    if one.children.is_empty() {
        let text = one.text.trim();
        return match text.is_empty() {
            true => named(name),
            false => of_text(name, members, text.to_owned()),
        };
    }
    let mut thing = named(name);
    for member in members {
        let place = Place::At(Pointer::to(member.name));
        say(&mut thing, member.shape, &place, one);
    }
    thing
}

fn of_text(name: &'static str, members: &'static [Target], text: String) -> Element {
    let mut thing = named(name);
    if let Some(first) = members.first() {
        put(&mut thing, first.shape, vec![text]);
    }
    thing
}

/// Adds the values of a field as RSS says them.
fn put(to: &mut Element, shape: Shape, values: Vec<String>) {
    let mut values = values.into_iter();
    match shape {
        Shape::Each(name) => to.children.extend(values.map(|text| leaf(name, text))),
        Shape::Joined(name) => {
            let all: Vec<String> = values.collect();
            to.children.push(leaf(name, all.join(",")));
        }
        Shape::EachAttribute(name, attribute) => {
            let with = |value| with_attribute(named(name), attribute, value);
            to.children.extend(values.map(with));
        }
        Shape::Countries => {
            let codes: Vec<String> = values.collect();
            let allowed = leaf("media:restriction", codes.join(" "));
            let allowed = with_attribute(allowed, "relationship", "allow".to_owned());
            to.children
                .push(with_attribute(allowed, "type", "country".to_owned()));
        }
        // A list is not a value: its places are read one by one.
        Shape::Things(..) | Shape::ThingsWithin(..) => {}
        shape => {
            if let Some(value) = values.next() {
                put_one(to, shape, value);
            }
        }
    }
}

/// Adds the first value of a field that has one.
fn put_one(to: &mut Element, shape: Shape, value: String) {
    match shape {
        Shape::Text(name) => child(to, name).text = value,
        Shape::Plain(name) => {
            let html = repair::html::of_text(&value).value;
            to.children.push(leaf(name, html));
        }
        Shape::Attribute(name, attribute) => {
            child(to, name).attributes.insert(attribute.into(), value);
        }
        Shape::Inside(outer, name, attribute) => {
            let inner = child(child(to, outer), name);
            inner.attributes.insert(attribute.into(), value);
        }
        Shape::Broadcast(attribute) => {
            "podcast:liveItem".clone_into(&mut to.name);
            to.attributes.insert(attribute.into(), value);
        }
        Shape::Own => to.text = value,
        Shape::OwnAttribute(attribute) => {
            to.attributes.insert(attribute.into(), value);
        }
        _ => {}
    }
}

/// The child of this name, made where there is none.
fn child<'e>(of: &'e mut Element, name: &'static str) -> &'e mut Element {
    let at = of.children.iter().position(|child| child.name == name);
    let at = at.unwrap_or_else(|| {
        of.children.push(named(name));
        of.children.len() - 1
    });
    &mut of.children[at]
}

fn with_attribute(mut element: Element, name: &str, value: String) -> Element {
    element.attributes.insert(name.to_owned(), value);
    element
}

fn named(name: &str) -> Element {
    Element {
        name: name.to_owned(),
        ..Element::default()
    }
}

pub(super) fn leaf(name: &str, text: String) -> Element {
    Element {
        text,
        ..named(name)
    }
}
