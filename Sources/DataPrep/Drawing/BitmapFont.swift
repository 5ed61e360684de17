/// A font of 5 × 7 pixels for the characters of ASCII. Any other character is drawn as an empty box.
enum BitmapFont {
  static let width = 5
  static let height = 7

  /// Returns the rows of a character, from the top; in each the leftmost pixel is the highest of five bits.
  static func rows(of character: Character) -> [UInt8] {
    guard let code = character.asciiValue, code >= 32, code < 127 else { return box }
    return parse(glyphs[Int(code) - 32])
  }

  private static let box = parse("VHHHHHV")

  private static func parse(_ glyph: String) -> [UInt8] {
    glyph.map { UInt8(String($0), radix: 32) ?? 0 }
  }

  /// The glyphs from the space on, in the order of ASCII: a digit to the base of 32 for each row.
  private static let glyphs = [
    "0000000", "4444404", "AAA0000", "AAVAVAA", "4FKE5U4", "OP248J3", "CIK8LID", "4480000",  //  !"#$%&'
    "2488842", "8422248", "04LEL40", "044V440", "0000C48", "000V000", "00000CC", "01248G0",  // ()*+,-./
    "EHJLPHE", "4C4444E", "EH1248V", "V2421HE", "26AIV22", "VGU11HE", "68GUHHE", "V124888",  // 01234567
    "EHHEHHE", "EHHF12C", "0CC0CC0", "0CC0C48", "248G842", "00V0V00", "8421248", "EH12404",  // 89:;<=>?
    "EH1DLLE", "EHHVHHH", "UHHUHHU", "EHGGGHE", "SIHHHIS", "VGGUGGV", "VGGUGGG", "EHGNHHF",  // @ABCDEFG
    "HHHVHHH", "E44444E", "72222IC", "HIKOKIH", "GGGGGGV", "HRLLHHH", "HHPLJHH", "EHHHHHE",  // HIJKLMNO
    "UHHUGGG", "EHHHLID", "UHHUKIH", "FGGE11U", "V444444", "HHHHHHE", "HHHHHA4", "HHHLLLA",  // PQRSTUVW
    "HHA4AHH", "HHHA444", "V1248GV", "E88888E", "0G84210", "E22222E", "4AH0000", "000000V",  // XYZ[\]^_
    "8420000", "00E1FHF", "GGMPHHU", "00EGGHE", "11DJHHF", "00EHVGE", "698S888", "0FHHF1E",  // `abcdefg
    "GGMPHHH", "40C444E", "20622IC", "GGIKOKI", "C44444E", "00QLLHH", "00MPHHH", "00EHHHE",  // hijklmno
    "00UHUGG", "00DJF11", "00MPGGG", "00EGE1U", "88S8896", "00HHHJD", "00HHHA4", "00HHLLA",  // pqrstuvw
    "00HA4AH", "00HHF1E", "00V248V", "2448442", "4444444", "8442448", "008L200",  // xyz{|}~
  ]
}
