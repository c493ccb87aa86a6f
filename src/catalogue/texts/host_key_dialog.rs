//! The security warning about a host key, as a dialog and in lines.

texts! {
    warning_title
        en "SECURITY WARNING"
        ja "セキュリティ警告"
    warning_unknown(host, port)
        en "{host} port {port} is not known yet."
        ja "{host} のポート {port} はまだ登録されていません。"
    warning_unknown_means
        en "Normal the first time. Nothing of yours has been sent."
        ja "初めての接続では通常の表示です。まだ何も送信していません。"
    warning_changed(host, port)
        en "{host} port {port} presented a DIFFERENT KEY than the one on record."
        ja "{host} のポート {port} から、登録されているものとは異なる鍵が提示されました。"
    warning_changed_means
        en "Either somebody is pretending to be this server, or its administrator made a new key. Ask the administrator before you go on."
        ja "第三者がこのサーバーになりすましているか、管理者が鍵を新しくしたかのどちらかです。続行する前に管理者に確認してください。"
    warning_dns(host, port)
        en "The key that {host} port {port} presented is NOT among those that its DNS zone proves by DNSSEC."
        ja "{host} のポート {port} が提示した鍵は、DNS ゾーンが DNSSEC で証明している鍵ではありません。"
    warning_other(host, port)
        en "{host} port {port} presented a key of a DIFFERENT TYPE than those on record."
        ja "{host} のポート {port} から、登録されているものとは異なる種類の鍵が提示されました。"
    warning_other_means(kind)
        en "Its {kind} key is not on record, only keys of other types. Somebody who pretends to be this server would need no more than that."
        ja "{kind} 鍵は登録されておらず、ほかの種類の鍵だけが登録されています。なりすましの場合も同じように見えます。"
    warning_title_new
        en "New server"
        ja "初めて接続するサーバー"
    warning_verify
        en "To be sure, run this on the server's own console and compare the result:"
        ja "確かめるには、サーバーのコンソールで次を実行し、結果と照合してください:"
    warning_not_same
        en "NOT the same"
        ja "一致しません"
    warning_guarded
        en "What you compared does NOT match: choose d, or empty the field to connect all the same."
        ja "照合した値と一致しません。d で切断するか、それでも接続する場合は入力欄を空にしてください。"
    warning_was(kind)
        en "was  {kind}"
        ja "登録済み {kind}"
    warning_connect_once
        en "Connect once"
        ja "今回だけ接続"
    warning_connect_replace
        en "Replace and connect"
        ja "置き換えて接続"
    warning_art
        en "art"
        ja "ランダムアート"
    warning_evidence
        en "evidence"
        ja "判断の根拠"
    warning_hash_md5
        en "MD5"
        ja "MD5"
    warning_offered(kind)
        en "{kind} key of the server:"
        ja "サーバーの {kind} 鍵:"
    warning_now(kind)
        en "now  {kind}"
        ja "今回の鍵 {kind}"
    warning_known(kind)
        en "known  {kind}"
        ja "登録済み {kind}"
    warning_at(place)
        en "in {place}"
        ja "登録場所: {place}"
    warning_compare
        en "Compare: "
        ja "照合: "
    warning_same
        en "the same"
        ja "一致しました"
    warning_differs
        en "This is NOT the fingerprint of this key: another machine may be pretending to be this server. Do not connect."
        ja "この鍵のフィンガープリントと一致しません。別のマシンがなりすましている可能性があります。接続しないでください。"
    warning_unreadable
        en "Not a whole fingerprint yet: SHA256:..., MD5:... or either without its name."
        ja "フィンガープリントとしてまだ不完全です（SHA256:…、MD5:…、接頭辞なしでも可）。"
    warning_add
        en "Remember this key"
        ja "この鍵を登録する"
    warning_replace
        en "Replace the key on record with this one"
        ja "登録済みの鍵をこの鍵に置き換える"
    warning_then_add
        en "in your list of known hosts"
        ja "known hosts リストに書き込みます"
    warning_then_replace
        en "the old key is taken off the list"
        ja "古い鍵は削除されます"
    warning_then_once
        en "once; nothing is written"
        ja "今回だけ。何も書き込みません"
    warning_since(since)
        en "first written on {since}"
        ja "最初の登録日 {since}"
    warning_continue
        en "Connect"
        ja "接続"
    warning_disconnect
        en "Disconnect"
        ja "切断"
    warning_hint_disconnect
        en "disconnect"
        ja "切断"
    warning_hint_scroll
        en "scroll"
        ja "スクロール"
    warning_plain_title(text)
        en "SECURITY WARNING: {text}"
        ja "セキュリティ警告: {text}"
    warning_plain_offered(kind)
        en "Offered: {kind} key fingerprint is"
        ja "提示された {kind} 鍵のフィンガープリント:"
    warning_plain_known(kind)
        en "On record: {kind} key fingerprint is"
        ja "登録済み: {kind} 鍵のフィンガープリント"
    warning_plain_before
        en "On record"
        ja "登録済み"
    warning_plain_now
        en "Presented now"
        ja "今回提示"
    warning_plain_yes
        en "yes: connect, and write the key into your list of known hosts"
        ja "yes: 接続し、鍵を known hosts リストに書き込みます"
    warning_plain_once
        en "once: connect this time, and write nothing"
        ja "once: 今回だけ接続し、何も書き込みません"
    warning_plain_no
        en "no: disconnect; nothing of yours was sent, nothing is written"
        ja "no: 切断します。何も送信されておらず、何も書き込まれません"
    warning_plain_fingerprint
        en "a fingerprint: the same as yes, if it is the key's; else disconnect"
        ja "フィンガープリント: 鍵のものと一致すれば yes と同じ、一致しなければ切断します"
    warning_plain_ask_new
        en "Are you sure you want to continue connecting (yes/once/no/[fingerprint])?"
        ja "接続を続けますか (yes/once/no/[フィンガープリント])?"
    warning_plain_ask_dns
        en "Type \"add\" to connect and save the key, \"once\" to connect without saving, or press Enter to disconnect:"
        ja "接続して鍵を保存するには「add」、保存せずに接続するには「once」を入力してください。Enter だけで切断します:"
    warning_plain_ask_changed
        en "Type \"replace\" to connect and replace the old key, \"once\" to connect without saving, or press Enter to disconnect:"
        ja "古い鍵を置き換えて接続するには「replace」、保存せずに接続するには「once」と入力してください。Enter だけを押すと切断します:"
    warning_certificate(host, port)
        en "{host} port {port} has a CERTIFICATE THAT DOES NOT COUNT."
        ja "{host} のポート {port} の証明書は無効です。"
    warning_certificate_means
        en "Its key is on record, but an authority that you trust for this host speaks for its keys, and this certificate is not in order. Ask its administrator before you go on."
        ja "鍵は登録済みですが、このホストの鍵を保証するはずの認証局の証明書に問題があります。続ける前に管理者に確認してください。"

    // What was looked at
    evidence_name(name)
        en "Looked for {name}:"
        ja "{name} を検索しました:"
    evidence_key(place, kind, fingerprint)
        en "{place}: {kind} {fingerprint}"
        ja "{place}: {kind} {fingerprint}"
    evidence_more_keys(file, count)
        en "{file}: {count} more keys"
        ja "{file}: ほかに {count} 個の鍵があります"
    evidence_nothing(file)
        en "{file}: no entry"
        ja "{file}: 登録なし"
    evidence_none_of_type(file, kind)
        en "{file}: no {kind} key of it"
        ja "{file}: {kind} 鍵の登録なし"
    evidence_unread(file, reason)
        en "{file} was not searched: {reason}"
        ja "{file} は検索していません: {reason}"
    evidence_skipped(file, line, reason)
        en "{file}:{line} was skipped: {reason}"
        ja "{file}:{line} は無視しました: {reason}"
    evidence_more_skipped(file, count)
        en "{file}: {count} more lines were skipped"
        ja "{file}: ほかに {count} 行を無視しました"
    evidence_certificate(fault)
        en "Its certificate does not count: {fault}"
        ja "ホスト証明書は無効です: {fault}"

    // The question about announced host keys
    rotation_box_title
        en "HOST KEY ROTATION"
        ja "ホスト鍵の更新"
    rotation_box_new(count)
        en "New, and proved by the server ({count}):"
        ja "新しい鍵（サーバーが所有を証明済み、{count} 個）:"
    rotation_box_obsolete(count)
        en "Obsolete ({count}):"
        ja "古くなった鍵（{count} 個）:"
    rotation_box_key(kind, fingerprint)
        en "{kind} key {fingerprint}"
        ja "{kind} 鍵 {fingerprint}"
    rotation_box_key_at(kind, fingerprint, place)
        en "{kind} key {fingerprint} ({place})"
        ja "{kind} 鍵 {fingerprint}（{place}）"
    rotation_box_ask
        en "Accept these changes?"
        ja "この変更を受け入れますか。"
}
