//! Feeds as they come: plain, odd and hostile.

use super::*;
