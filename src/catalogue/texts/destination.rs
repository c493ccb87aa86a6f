//! The destination as it was typed: user, host, port.

texts! {
    host_name_empty
        en "the host name is empty"
        ja "ホスト名が空です"
    destination_form_hint
        en "write it as [user@]host or ssh://[user@]host[:port]"
        ja "[user@]host または ssh://[user@]host[:port] の形で書いてください"
    host_name_too_long(limit)
        en "the host name is longer than {limit} bytes"
        ja "ホスト名が {limit} バイトを超えています"
    host_name_starts_with_dash
        en "the host name starts with '-'"
        ja "ホスト名が「-」で始まっています"
    host_name_starts_with_dash_hint
        en "options come first"
        ja "オプションはホスト名の前に書いてください"
    host_name_invalid_characters
        en "hostname contains invalid characters"
        ja "ホスト名に使えない文字が含まれています"
    user_name_empty
        en "the user name is empty"
        ja "ユーザー名が空です"
    user_name_too_long(limit)
        en "the user name is longer than {limit} bytes"
        ja "ユーザー名が {limit} バイトを超えています"
    user_name_invalid_characters
        en "remote username contains invalid characters"
        ja "ユーザー名に使えない文字が含まれています"
    port_bad(shown)
        en "Bad port '{shown}'"
        ja "ポート「{shown}」は正しくありません"
    port_range
        en "a port is 1 to 65535"
        ja "ポートは 1 から 65535 までです"
    uri_path
        en "an ssh:// destination has no path"
        ja "ssh:// の接続先にパスは付けられません"
    uri_end_hint
        en "end it after the host"
        ja "ホストまでで終わらせてください"
    uri_query
        en "an ssh:// destination has no query or fragment"
        ja "ssh:// の接続先に ? や # の部分は付けられません"
    uri_bare_at
        en "the user in an ssh:// destination has a bare '@'"
        ja "ssh:// の接続先のユーザー名に「@」がそのまま書かれています"
    uri_bare_at_hint
        en "write it %40"
        ja "%40 と書いてください"
    bracket_not_closed
        en "the '[' before the address has no ']'"
        ja "アドレスの前の「[」に対応する「]」がありません"
    bracket_then_no_port
        en "after ']' only ':port' can follow"
        ja "「]」の後に書けるのは「:ポート」だけです"
    several_colons
        en "several ':' in what is not an IPv6 address"
        ja "IPv6 アドレスではないのに「:」が複数あります"
    address_with_port_hint
        en "an address and a port are written [address]:port"
        ja "アドレスとポートは [アドレス]:ポート と書きます"
    uri_bad_percent
        en "a '%' in an ssh:// destination is not followed by two hexadecimal digits"
        ja "ssh:// の接続先の「%」の後に 16 進数 2 桁がありません"
    user_name_not_utf8
        en "the user name is not UTF-8"
        ja "ユーザー名が UTF-8 ではありません"
}
