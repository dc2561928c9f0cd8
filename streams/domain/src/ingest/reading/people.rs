//! People, the places it is about, and where it is talked about.

use super::{Reading, one_line, owned, parsed};
use crate::ingest::Element;
use crate::model::{Person, Place, SocialLink, limits};
use crate::repair::Repair;

impl<'a> Reading<'a> {
    /// The people who are named (Podcasting 2.0, else Media RSS), authors of whom more is said than their names, and
    /// Atom's contributors.
    pub fn persons(&mut self) -> Vec<Person> {
        let mut persons = Vec::new();
        for element in self.element.all("podcast:person").take(limits::LIST) {
            persons.extend(self.person(element));
        }
        for element in self.known_authors() {
            let author = self.contributor(element);
            let named = |author: &Person| persons.iter().any(|other| other.name == author.name);
            persons.extend(author.filter(|author| !named(author)));
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

    /// The authors of Atom and JSON Feed of whom more is said than their names. At YouTube it is the channel.
    fn known_authors(&self) -> Vec<&'a Element> {
        let element = self.element;
        let of_youtube = |child: &Element| child.name.starts_with("yt:");
        if element.children.iter().any(of_youtube) {
            return Vec::new();
        }
        let authors = element.all("author").chain(element.all("authors"));
        let known = |author: &&Element| author.text_of(&["uri", "url", "avatar"]).is_some();
        authors.filter(known).take(limits::LIST).collect()
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

    /// Somebody in the form of Atom or JSON Feed: name, page, picture, and an address for mail, which stays away.
    fn contributor(&mut self, element: &Element) -> Option<Person> {
        let name = element.text_of(&["name", "atom:name"])?;
        let url = element.text_of(&["uri", "url", "atom:uri"]);
        let image = element.text_of(&["avatar"]);
        Some(Person {
            name: self.line_of("/persons", name)?,
            url: url.and_then(|raw| self.url_at("/persons", raw, element)),
            image_url: image.and_then(|raw| self.url_at("/persons", raw, element)),
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
        if places.is_empty() {
            places.extend(self.point());
        }
        places
    }

    /// The point of GeoRSS, or of the vocabulary that was before it.
    fn point(&mut self) -> Option<Place> {
        let element = self.element;
        let point = element.text_of(&["georss:point"]);
        let (latitude, longitude) = match point {
            Some(point) => point.split_once([' ', ','])?,
            None => (
                element.text_of(&["geo:lat"])?,
                element.text_of(&["geo:long"])?,
            ),
        };
        let within = |text: &str, most: f64| {
            let degrees: f64 = text.trim().parse().ok()?;
            (degrees.abs() <= most).then_some(degrees)
        };
        let (latitude, longitude) = (within(latitude, 90.0)?, within(longitude, 180.0)?);
        let name = self.line("/places", &["georss:featureName", "georss:featurename"]);
        Some(Place {
            name: name.unwrap_or_default(),
            geo: Some(format!("geo:{latitude},{longitude}")),
            ..Place::default()
        })
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
