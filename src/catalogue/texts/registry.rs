//! What PuTTY and WinSCP keep: registry keys, and the files that stand for them.

texts! {
    registry_key_too_long(limit)
        en "the name of the key is longer than {limit} bytes"
        ja "キー名が {limit} バイトを超えています"
    registry_too_many_keys(limit)
        en "more than {limit} keys"
        ja "キーが {limit} 個を超えています"
    registry_key_open
        en "the name of a key has no ] at its end: the file is cut off or damaged"
        ja "キー名の末尾に ] がありません: ファイルが途中で切れているか壊れています"
    registry_value_open
        en "the value has no end: the file is cut off or damaged"
        ja "値が途中で終わっています: ファイルが途中で切れているか壊れています"
    registry_value_broken
        en "no value as regedit writes it: the file is cut off or damaged"
        ja "regedit が書き出す形式の値ではありません: ファイルが途中で切れているか壊れています"
    registry_value_without_key
        en "a value before any key"
        ja "キーより前に値があります"
    registry_file_cut
        en "the file ends within a character: it is cut off"
        ja "ファイルが文字の途中で終わっています"
    registry_control_character
        en "it has a NUL or another character that no setting has"
        ja "NUL など、設定に含まれるはずのない文字があります"
    registry_carriage_return
        en "text after a carriage return, which PuTTY does not read"
        ja "復帰文字 (CR) の後に、PuTTY が読まないテキストがあります"
    registry_carriage_return_hint
        en "end each line with a line feed"
        ja "各行を改行文字 (LF) で終えてください"
    registry_wrong_mark
        en "not in the encoding of regedit, which is UTF-16 with the low byte first"
        ja "regedit の文字コード (UTF-16 リトルエンディアン) ではありません"
    registry_not_an_export
        en "neither a file that regedit has written nor WinSCP.ini"
        ja "regedit が書き出したファイルでも WinSCP.ini でもありません"
    registry_not_rewritten
        en "only a file of regedit version 5 in UTF-16 can be added to"
        ja "追記できるのは UTF-16 の regedit バージョン 5 のファイルだけです"
    registry_file_misnamed
        en "PuTTY would not find a file of this name"
        ja "PuTTY はこの名前のファイルを見つけられません"
    registry_file_rename(wanted)
        en "name it {wanted}"
        ja "ファイル名を {wanted} にしてください"
}
