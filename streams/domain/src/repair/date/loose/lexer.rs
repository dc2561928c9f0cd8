//! Cuts a text into numbers, words and signs. Comments in parentheses and white space are passed over.

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A run of ASCII digits.
    Number(&'a str),
    /// A run of letters.
    Word(&'a str),
    /// Any other character but white space.
    Sign(char),
}

/// The place in a text; copied to look ahead.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lexer<'a> {
    rest: &'a str,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        loop {
            self.rest = self.rest.trim_start();
            let first = self.rest.chars().next()?;
            if first.is_ascii_digit() {
                return self.take_digits().map(Token::Number);
            }
            if first.is_alphabetic() {
                return Some(Token::Word(self.take_while(char::is_alphabetic)));
            }
            if first != '(' {
                self.rest = &self.rest[first.len_utf8()..];
                return Some(Token::Sign(first));
            }
            self.skip_comment();
        }
    }

    /// Takes the digits that stand here, if any.
    pub(super) fn take_digits(&mut self) -> Option<&'a str> {
        let digits = self.take_while(|c| c.is_ascii_digit());
        (!digits.is_empty()).then_some(digits)
    }

    /// Takes a sign that stands here and the digits right behind it, or nothing.
    pub(super) fn take_after(&mut self, sign: char) -> Option<&'a str> {
        let mut ahead = Lexer::new(self.rest.strip_prefix(sign)?);
        let digits = ahead.take_digits()?;
        *self = ahead;
        Some(digits)
    }

    /// Takes `-`, `/` or `.` and the one or two digits behind it, or nothing.
    pub(super) fn after_sign(&mut self) -> Option<&'a str> {
        let sign = self.rest.chars().next().filter(|c| "-/.".contains(*c))?;
        let mut ahead = *self;
        let digits = ahead.take_after(sign).filter(|digits| digits.len() <= 2)?;
        *self = ahead;
        Some(digits)
    }

    /// Takes the `h` of `15h04`.
    pub(super) fn take_hour_mark(&mut self) -> bool {
        let Some(behind) = self.rest.strip_prefix('h') else {
            return false;
        };
        let found = !behind.starts_with(char::is_alphabetic);
        if found {
            self.rest = behind;
        }
        found
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// Passes over a comment and those inside it; one that never ends takes the rest with it.
    fn skip_comment(&mut self) {
        let mut depth = 0_usize;
        for (at, c) in self.rest.char_indices() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.rest = &self.rest[at + 1..];
                return;
            }
        }
        self.rest = "";
    }
}
