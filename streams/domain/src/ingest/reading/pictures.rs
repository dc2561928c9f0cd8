//! Pictures, whatever they are for.

use super::{Reading, owned, parsed};
use crate::ingest::Element;
use crate::lang::{Lang, Localized};
use crate::model::{Artwork, limits};
use crate::repair;

/// A picture as it was found.
#[derive(Default)]
pub(crate) struct Found<'a> {
    pub url: &'a str,
    pub purpose: Option<&'a str>,
    pub alt: Option<&'a str>,
    /// The element that says more of it.
    pub element: Option<&'a Element>,
    /// The width that a list of sizes gives.
    pub width: Option<i32>,
}

impl<'a> Reading<'a> {
    /// The pictures of podcasts, feeds and Media RSS, the main one first, each once.
    pub fn artwork(&mut self, lang: &Lang) -> Vec<Artwork> {
        let mut found = self.covers();
        let element = self.element;
        found.extend(element.all("image").filter_map(|image| {
            let url = image.text_of(&["url"]).unwrap_or(image.text.trim());
            let alt = image.text_of(&["title"]);
            of(url, None).map(|found| Found { alt, ..found })
        }));
        found.extend(self.podcast_images());
        let logos = element.all("logo");
        found.extend(logos.filter_map(|logo| of(logo.text.trim(), Some(logo))));
        let thumbnails = self.media("media:thumbnail");
        found.extend(thumbnails.filter_map(|image| of(image.attribute("url")?, Some(image))));
        let contents = self.media("media:content").filter(|file| is_picture(file));
        found.extend(contents.filter_map(|image| of(image.attribute("url")?, Some(image))));
        found.extend(self.enclosed_pictures());
        found.extend(element.all("icon").filter_map(|icon| {
            let purpose = Some("icon");
            of(icon.text.trim(), Some(icon)).map(|found| Found { purpose, ..found })
        }));
        self.pictures(found, lang)
    }

    /// The covers of iTunes and Google Play.
    pub fn covers(&self) -> Vec<Found<'a>> {
        let element = self.element;
        let images = ["itunes:image", "googleplay:image"].map(|name| element.all(name));
        let found = images.into_iter().flatten().filter_map(|image| {
            let url = image.attribute("href").or(image.attribute("url"));
            of(url.unwrap_or(image.text.trim()), None)
        });
        found.collect()
    }

    /// The pictures of Podcasting 2.0, and those of its former list of sizes.
    pub fn podcast_images(&self) -> Vec<Found<'a>> {
        let element = self.element;
        let images = element.all("podcast:image").filter_map(|image| {
            of(image.attribute("href")?, Some(image)).map(|found| Found {
                purpose: image.attribute("purpose"),
                alt: image.attribute("alt"),
                ..found
            })
        });
        let listed = element.all("podcast:images").flat_map(sizes);
        images.chain(listed).collect()
    }

    /// Pictures where media files stand: enclosures, and what Atom has out of line.
    fn enclosed_pictures(&self) -> Vec<Found<'a>> {
        let element = self.element;
        let plain = element.all("enclosure").map(|file| (file, "url"));
        let linked = self.atom_links().filter(|(rel, _)| *rel == "enclosure");
        let linked = linked.map(|(_, link)| (link, "href"));
        let outside = element.all("content").map(|content| (content, "src"));
        let files = plain.chain(linked).chain(outside);
        let pictures = files.filter(|(file, at)| is_picture_at(file, at));
        pictures
            .filter_map(|(file, at)| of(file.attribute(at)?, Some(file)))
            .collect()
    }

    /// Pictures as they were found, each once.
    pub fn pictures(&mut self, found: Vec<Found<'_>>, lang: &Lang) -> Vec<Artwork> {
        let mut artwork: Vec<Artwork> = Vec::new();
        for picture in found.into_iter().take(limits::LIST) {
            let at = picture.element.unwrap_or(self.element);
            let Some(url) = self.url_at("/artwork", picture.url, at) else {
                continue;
            };
            if artwork.iter().any(|known| known.url == url) {
                continue;
            }
            let alt = picture.alt.and_then(|alt| self.line_of("/artwork", alt));
            let size = |name| parsed(picture.element?, name).filter(|pixels: &i32| *pixels > 0);
            let more = |name| owned(picture.element?, name);
            artwork.push(Artwork {
                url,
                purpose: picture.purpose.map(str::to_lowercase),
                alt: alt.map_or_else(Localized::default, |alt| Localized::one(lang.clone(), alt)),
                width: picture.width.or_else(|| size("width")),
                height: size("height"),
                aspect_ratio: more("aspect-ratio"),
                mime_type: more("type"),
                ..Artwork::default()
            });
        }
        artwork
    }
}

fn of<'a>(url: &'a str, element: Option<&'a Element>) -> Option<Found<'a>> {
    (!url.is_empty()).then(|| Found {
        url,
        element,
        ..Found::default()
    })
}

/// Whether a file is a picture, as it says.
pub(crate) fn is_picture(media: &Element) -> bool {
    let kind = media.attribute("type").unwrap_or_default();
    media.attribute("medium") == Some("image") || kind.starts_with("image/")
}

/// Whether a file whose address is in an attribute is a picture: as it says, unless its name says something else.
pub(crate) fn is_picture_at(file: &Element, attribute: &str) -> bool {
    let url = file.attribute(attribute).unwrap_or_default();
    let kind = || repair::mime::repair(file.attribute("type"), url);
    is_picture(file) && kind().is_none_or(|kind| kind.value.starts_with("image/"))
}

/// The pictures of a list of sizes: `https://… 1500w, https://… 600w`.
fn sizes(images: &Element) -> Vec<Found<'_>> {
    let listed = images.attribute("srcset").unwrap_or_default();
    let pairs = listed.split(',').filter_map(|one| {
        let mut words = one.split_ascii_whitespace();
        let found = of(words.next()?, None)?;
        let width = words.next().and_then(|width| width.strip_suffix('w'));
        Some(Found {
            width: width.and_then(|width| width.parse().ok()),
            ..found
        })
    });
    pairs.take(limits::LIST).collect()
}
