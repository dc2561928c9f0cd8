//! People, the places it is about, and where it is talked about.

use super::{Reading, one_line, owned, parsed};
use crate::ingest::Element;
use crate::model::{Person, Place, SocialLink, limits};
use crate::repair::Repair;

impl<'a> Reading<'a> {
    /// The people who are named (Podcasting 2.0, else Media RSS), and Atom's contributors.
    pub fn persons(&mut self) -> Vec<Person> {
        let mut persons = Vec::new();
        for element in self.element.all("podcast:person").take(limits::LIST) {
            persons.extend(self.person(element));
        }
        let contributors = ["contributor", "atom:contributor"];
        let contributors = contributors.map(|name| self.element.all(name)).into_iter();
        for element in contributors.flatten().take(limits::LIST) {
            persons.extend(self.contributor(element));
        }
        if persons.is_empty() {
            for element in self.media("media:credit").take(limits::LIST) {
                let name = self.line_of("/persons", &element.text);
                persons.extend(name.map(|name| Person {
                    name,
                    role: owned(element, "role").map(|role| role.to_lowercase()),
                    ..Person::default()
                }));
            }
        }
        persons.truncate(limits::LIST);
        persons
    }

    fn person(&mut self, element: &Element) -> Option<Person> {
        let Some(name) = self.line_of("/persons", &element.text) else {
            self.note("/persons", Repair::PersonWithoutName);
            return None;
        };
        Some(Person {
            name,
            role: owned(element, "role").map(|role| role.to_lowercase()),
            group: owned(element, "group").map(|group| group.to_lowercase()),
            url: self.url_in("/persons", element, "href"),
            image_url: self.url_in("/persons", element, "img"),
        })
    }

    /// Somebody in Atom's form: name, address of a page, address for mail, which stays away.
    fn contributor(&mut self, element: &Element) -> Option<Person> {
        let name = element.text_of(&["name", "atom:name"])?;
        let url = element.text_of(&["uri", "url", "atom:uri"]);
        Some(Person {
            name: self.line_of("/persons", name)?,
            url: url.and_then(|raw| self.url("/persons", raw)),
            ..Person::default()
        })
    }

    /// The names of those who made it, in Atom's form, as one line.
    pub fn authors(&mut self, element: &Element) -> Option<String> {
        let mut names: Vec<String> = Vec::new();
        for author in element.all("author").take(limits::LIST) {
            let Some(name) = author.text_of(&["name"]) else {
                continue;
            };
            let name = self.line_of("/author", name);
            names.extend(name.filter(|name| !names.contains(name)));
        }
        one_line(names)
    }

    /// The names of a JSON Feed's authors as one line.
    pub fn json_author(&mut self) -> Option<String> {
        let mut names: Vec<String> = Vec::new();
        for author in self.json_authors() {
            let name = author.text_of(&["name"]);
            let name = name.and_then(|name| self.line_of("/author", name));
            names.extend(name.filter(|name| !names.contains(name)));
        }
        one_line(names)
    }

    /// A JSON Feed's authors, where more is said of them than their names.
    pub fn json_persons(&mut self) -> Vec<Person> {
        let mut persons = Vec::new();
        for author in self.json_authors() {
            let (url, image) = (author.text_of(&["url"]), author.text_of(&["avatar"]));
            let Some(name) = author
                .text_of(&["name"])
                .filter(|_| url.or(image).is_some())
            else {
                continue;
            };
            persons.extend(self.line_of("/persons", name).map(|name| Person {
                name,
                url: url.and_then(|raw| self.url("/persons", raw)),
                image_url: image.and_then(|raw| self.url("/persons", raw)),
                ..Person::default()
            }));
        }
        persons
    }

    /// Version 1.1 has several authors, 1.0 one.
    fn json_authors(&self) -> Vec<&'a Element> {
        let several: Vec<_> = self.element.all("authors").take(limits::LIST).collect();
        match several.is_empty() {
            true => self.element.child("author").into_iter().collect(),
            false => several,
        }
    }

    /// The places it is about.
    pub fn places(&mut self) -> Vec<Place> {
        let mut places = Vec::new();
        for element in self.element.all("podcast:location").take(limits::LIST) {
            places.push(Place {
                name: self.line_of("/places", &element.text).unwrap_or_default(),
                rel: owned(element, "rel"),
                geo: owned(element, "geo"),
                osm: owned(element, "osm"),
                country: owned(element, "country").map(|code| code.to_uppercase()),
            });
        }
        places
    }

    /// Where it is talked about.
    pub fn social(&self) -> Vec<SocialLink> {
        let links = self.element.all("podcast:socialInteract");
        links
            .take(limits::LIST)
            .map(|element| SocialLink {
                protocol: owned(element, "protocol").unwrap_or_default(),
                uri: owned(element, "uri"),
                account_id: owned(element, "accountId"),
                account_url: owned(element, "accountUrl"),
                priority: parsed(element, "priority"),
            })
            .collect()
    }
}
