use crate::model::UnifiedSocialCreditCode;

/// The region that is assigned to nobody.
const REGION: &str = "000000";
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The credit code with a serial number: right in both check characters, and of no real body.
///
/// The registry is two characters, such as `91` for an enterprise.
pub(super) fn credit_code(registry: &str, serial: u64) -> Option<UnifiedSocialCreditCode> {
    let mut body = *b"MA000000";
    let mut rest = serial;
    for place in body[2..].iter_mut().rev() {
        *place = ALPHABET[(rest % 31) as usize];
        rest /= 31;
    }
    let inner = organization_check(&body);
    let body: String = body.iter().map(|b| char::from(*b)).collect();
    let first_17 = format!("{registry}{REGION}{body}{inner}");
    let check = UnifiedSocialCreditCode::check_character(&first_17)?;
    format!("{first_17}{check}").parse().ok()
}

/// The check character of an organisation code (GB 11714).
fn organization_check(body: &[u8; 8]) -> char {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    let value = |byte: u8| char::from(byte).to_digit(36).unwrap_or_default();
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(byte, weight)| value(*byte) * weight).sum();
    match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_right_within_and_without_and_differ() {
        let codes: Vec<_> = (0..2000).filter_map(|serial| credit_code("91", serial)).collect();
        assert_eq!(codes.len(), 2000);
        assert!(codes.iter().all(|code| code.organization_code_is_right()));
        assert!(codes.iter().all(|code| &code.as_str()[2..8] == REGION));
        assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), 2000);
    }
}
