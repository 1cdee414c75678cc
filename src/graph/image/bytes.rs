use super::ImageError;

/// Adds a number in as few bytes as it needs: seven bits each, the lowest first.
pub(in crate::graph) fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Bytes that are taken from their start.
pub(in crate::graph) struct Bytes<'b>(pub(super) &'b [u8]);

impl<'b> Bytes<'b> {
    /// How many are left.
    pub(in crate::graph) fn len(&self) -> usize {
        self.0.len()
    }

    pub(in crate::graph) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(in crate::graph) fn byte(&mut self) -> Result<u8, ImageError> {
        let (byte, rest) = self.0.split_first().ok_or(ImageError::CutShort)?;
        self.0 = rest;
        Ok(*byte)
    }

    pub(in crate::graph) fn take(&mut self, length: usize) -> Result<&'b [u8], ImageError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(ImageError::CutShort)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(in crate::graph) fn array<const N: usize>(&mut self) -> Result<[u8; N], ImageError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(ImageError::CutShort)?;
        self.0 = rest;
        Ok(*taken)
    }

    /// A number that [`put_number`] added.
    pub(in crate::graph) fn number(&mut self) -> Result<u64, ImageError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(ImageError::Unfit("number"))
    }

    /// A number that stands for a position, a length or a symbol.
    pub(in crate::graph) fn small(&mut self) -> Result<u32, ImageError> {
        self.number()?.try_into().map_err(|_| ImageError::Unfit("number"))
    }

    /// A text behind its length.
    pub(in crate::graph) fn text(&mut self) -> Result<&'b str, ImageError> {
        let length = self.small()? as usize;
        std::str::from_utf8(self.take(length)?).map_err(|_| ImageError::Unfit("text"))
    }
}

/// Adds a text behind its length.
pub(in crate::graph) fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_number(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}
