//! Pictures, whatever they are for.

use super::{Reading, owned, parsed};
use crate::ingest::Element;
use crate::lang::{Lang, Localized};
use crate::model::{Artwork, limits};

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
        let mut found: Vec<Found<'a>> = Vec::new();
        let element = self.element;
        for name in ["itunes:image", "googleplay:image"] {
            found.extend(element.all(name).filter_map(|image| {
                let url = image.attribute("href").or(image.attribute("url"));
                of(url.unwrap_or(image.text.trim()), None)
            }));
        }
        found.extend(element.all("image").filter_map(|image| {
            let url = image.text_of(&["url"]).unwrap_or(image.text.trim());
            let alt = image.text_of(&["title"]);
            of(url, None).map(|found| Found { alt, ..found })
        }));
        found.extend(element.all("podcast:image").filter_map(|image| {
            of(image.attribute("href")?, Some(image)).map(|found| Found {
                purpose: image.attribute("purpose"),
                alt: image.attribute("alt"),
                ..found
            })
        }));
        found.extend(element.all("podcast:images").flat_map(sizes));
        found.extend(
            element
                .all("logo")
                .filter_map(|logo| of(logo.text.trim(), None)),
        );
        let thumbnails = self.media("media:thumbnail");
        found.extend(thumbnails.filter_map(|image| of(image.attribute("url")?, Some(image))));
        let contents = self.media("media:content").filter(|file| is_picture(file));
        found.extend(contents.filter_map(|image| of(image.attribute("url")?, Some(image))));
        found.extend(element.all("icon").filter_map(|icon| {
            let purpose = Some("icon");
            of(icon.text.trim(), None).map(|found| Found { purpose, ..found })
        }));
        self.pictures(found, lang)
    }

    /// Pictures as they were found, each once.
    pub fn pictures(&mut self, found: Vec<Found<'_>>, lang: &Lang) -> Vec<Artwork> {
        let mut artwork: Vec<Artwork> = Vec::new();
        for picture in found.into_iter().take(limits::LIST) {
            let Some(url) = self.url("/artwork", picture.url) else {
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

/// Whether a file of Media RSS is a picture.
pub(crate) fn is_picture(media: &Element) -> bool {
    let kind = media.attribute("type").unwrap_or_default();
    media.attribute("medium") == Some("image") || kind.starts_with("image/")
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
