//! Any datum that a schema allows, made of a tape of bytes: the records that can be on a topic at all.

use apache_avro::Schema;
use apache_avro::schema::{NamesRef, ResolvedSchema, UuidSchema};
use std::collections::BTreeSet;

/// Bytes that choices are made of; zeros follow its end, for which lists are empty and kinds the first.
pub struct Tape<'a> {
    rest: &'a [u8],
}

impl<'a> Tape<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    fn byte(&mut self) -> u8 {
        match self.rest.split_first() {
            Some((first, rest)) => {
                self.rest = rest;
                *first
            }
            None => 0,
        }
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::from(self.byte()) % limit.max(1)
    }

    fn long(&mut self) -> i64 {
        match self.byte() {
            0..200 => i64::from(self.byte()) - 100,
            200..230 => i64::MAX - i64::from(self.byte()),
            _ => i64::MIN + i64::from(self.byte()),
        }
    }

    fn text(&mut self) -> String {
        const LETTERS: [char; 12] = [
            'a',
            'Z',
            '9',
            ' ',
            '"',
            '\0',
            'é',
            'ض',
            '\u{64e}',
            '\u{200f}',
            '😀',
            '\u{10ffff}',
        ];
        (0..self.below(6))
            .map(|_| LETTERS[self.below(LETTERS.len())])
            .collect()
    }
}

/// The datum of a schema that a tape stands for, as the codec itself would write it.
pub fn datum(schema: &Schema, tape: &mut Tape<'_>) -> Vec<u8> {
    let resolved = ResolvedSchema::try_from(schema).expect("whole");
    let mut out = Vec::new();
    write(schema, resolved.get_names(), tape, 0, &mut out);
    out
}

fn write(
    schema: &Schema,
    names: &NamesRef<'_>,
    tape: &mut Tape<'_>,
    depth: usize,
    out: &mut Vec<u8>,
) {
    let length = |tape: &mut Tape<'_>| if depth > 12 { 0 } else { tape.below(4) };
    match schema {
        Schema::Ref { name } => write(names[name], names, tape, depth, out),
        Schema::Null => {}
        Schema::Boolean => out.push(tape.byte() & 1),
        Schema::Int => zigzag(tape.long().clamp(i32::MIN.into(), i32::MAX.into()), out),
        Schema::Long | Schema::TimestampMicros => zigzag(tape.long(), out),
        Schema::Double => out.extend((tape.long() as f64 / 8.0).to_le_bytes()),
        Schema::Bytes => bytes(tape.text().as_bytes(), out),
        Schema::String => bytes(tape.text().as_bytes(), out),
        Schema::Fixed(fixed) | Schema::Uuid(UuidSchema::Fixed(fixed)) => {
            out.extend((0..fixed.size).map(|_| tape.byte()));
        }
        Schema::Enum(schema) => zigzag(tape.below(schema.symbols.len()) as i64, out),
        Schema::Union(union) => {
            let branch = tape.below(union.variants().len());
            zigzag(branch as i64, out);
            write(&union.variants()[branch], names, tape, depth + 1, out);
        }
        Schema::Array(array) => {
            let count = length(tape);
            block(count, out);
            for _ in 0..count {
                write(&array.items, names, tape, depth + 1, out);
            }
            out.push(0);
        }
        Schema::Map(map) => {
            let keys: BTreeSet<String> = (0..length(tape)).map(|_| tape.text()).collect();
            block(keys.len(), out);
            for key in &keys {
                bytes(key.as_bytes(), out);
                write(&map.types, names, tape, depth + 1, out);
            }
            out.push(0);
        }
        Schema::Record(record) => {
            for field in &record.fields {
                write(&field.schema, names, tape, depth + 1, out);
            }
        }
        other => panic!("no record of ours holds {other:?}"),
    }
}

fn block(count: usize, out: &mut Vec<u8>) {
    if count > 0 {
        zigzag(count as i64, out);
    }
}

fn bytes(bytes: &[u8], out: &mut Vec<u8>) {
    zigzag(bytes.len() as i64, out);
    out.extend(bytes);
}

fn zigzag(number: i64, out: &mut Vec<u8>) {
    let mut rest = ((number << 1) ^ (number >> 63)) as u64;
    while rest > 0x7f {
        out.push((rest as u8 & 0x7f) | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}
