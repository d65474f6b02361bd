//! Countries: the officially assigned alpha-2 codes of ISO 3166-1.

const CODES: &str = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCR\
    CUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISIT\
    JEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNU\
    NZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZ\
    UAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";

/// Upper case only.
pub fn is_country(code: &str) -> bool {
    code.len() == 2 && CODES.as_bytes().chunks_exact(2).any(|known| known == code.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_nothing_between_two_codes_is_one() {
        assert_eq!(CODES.len() / 2, 249);
        let codes: Vec<&[u8]> = CODES.as_bytes().chunks_exact(2).collect();
        assert!(codes.is_sorted_by(|a, b| a < b));
        assert!(is_country("DE") && is_country("ZW") && is_country("AD"));
        for unknown in ["", "D", "de", "DEU", "ZZ", "DA", "XX", "ÄÖ"] {
            assert!(!is_country(unknown), "{unknown}");
        }
    }
}
