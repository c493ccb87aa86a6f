//! The security warning about a host key, as a dialog and in lines.

texts! {
    warning_title
        en "SECURITY WARNING"
        ja "セキュリティ警告"
    warning_unknown(host)
        en "There is no entry for the server \"{host}\" in your list of known hosts."
        ja "サーバー \"{host}\" は known hosts リストに登録されていません。"
    warning_unknown_means
        en "This is normal at the first connection. Compare the fingerprint with one from its administrator: another machine could be pretending to be this one."
        ja "初めての接続では通常の表示です。なりすましでないことを確かめるため、管理者から知らされたフィンガープリントと見比べてください。"
    warning_changed(host, place)
        en "The server \"{host}\" presented a DIFFERENT KEY than the one in your list of known hosts ({place})."
        ja "サーバー \"{host}\" から、known hosts リストに登録されているもの ({place}) とは異なる鍵が提示されました。"
    warning_changed_means
        en "Either somebody is pretending to be this server, or its administrator made a new key. Ask the administrator before you go on."
        ja "第三者がこのサーバーになりすましているか、管理者が鍵を新しくしたかのどちらかです。続行する前に管理者に確認してください。"
    warning_dns(host)
        en "The key that the server \"{host}\" presented is NOT among those that its DNS zone proves by DNSSEC."
        ja "サーバー \"{host}\" が提示した鍵は、DNS ゾーンが DNSSEC で証明している鍵ではありません。"
    warning_other(host)
        en "The server \"{host}\" presented a key of a DIFFERENT TYPE than those in your list of known hosts."
        ja "サーバー \"{host}\" から、known hosts リストに登録されているものとは異なる種類の鍵が提示されました。"
    warning_other_means(kind)
        en "Its {kind} key is not on record, only keys of other types. Somebody who pretends to be this server would need no more than that."
        ja "{kind} 鍵は登録されておらず、ほかの種類の鍵だけが登録されています。なりすましの場合も同じように見えます。"
    warning_hash_sha256
        en "SHA256"
        ja "SHA256"
    warning_hash_md5
        en "MD5"
        ja "MD5"
    warning_offered(kind)
        en "{kind} key of the server:"
        ja "サーバーの {kind} 鍵:"
    warning_now(kind)
        en "Presented now, {kind}:"
        ja "今回の {kind} 鍵:"
    warning_known(kind)
        en "On record, {kind}:"
        ja "登録済みの {kind} 鍵:"
    warning_at(place)
        en "in {place}"
        ja "登録場所: {place}"
    warning_compare
        en "Compare with:"
        ja "照合する値:"
    warning_same
        en "This is the fingerprint of this key."
        ja "この鍵のフィンガープリントと一致します。"
    warning_differs
        en "This is NOT the fingerprint of this key."
        ja "この鍵のフィンガープリントと一致しません。"
    warning_unreadable
        en "Not a whole fingerprint yet: SHA256:..., MD5:... or either without its name."
        ja "フィンガープリントとしてまだ不完全です（SHA256:…、MD5:…、または名前なし）。"
    warning_add
        en "Add this machine and its key to the list of known hosts"
        ja "このマシンと鍵を known hosts リストに追加する"
    warning_replace
        en "Replace the existing key with this new key"
        ja "登録済みの鍵をこの新しい鍵に置き換える"
    warning_then_add
        en "Continue connects and writes the key into your list of known hosts."
        ja "続行すると、接続して鍵を known hosts リストに書き込みます。"
    warning_then_replace
        en "Continue connects and puts this key in the place of the old one in your list of known hosts."
        ja "続行すると、接続して known hosts リストの古い鍵をこの鍵に置き換えます。"
    warning_then_once
        en "Continue connects this once and writes nothing."
        ja "続行すると、今回だけ接続し、何も書き込みません。"
    warning_then_disconnect
        en "Disconnect ends here: nothing of yours was sent, nothing is written."
        ja "切断するとここで終わります。何も送信されておらず、何も書き込まれません。"
    warning_since(since)
        en "first written on {since}"
        ja "最初の登録日 {since}"
    warning_continue
        en "Continue"
        ja "続行"
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
        ja "接続して鍵を保存するには \"add\"、保存せずに接続するには \"once\" を入力してください。Enter だけで切断します:"
    warning_plain_ask_changed
        en "Type \"replace\" to connect and replace the old key, \"once\" to connect without saving, or press Enter to disconnect:"
        ja "古い鍵を置き換えて接続するには \"replace\"、保存せずに接続するには \"once\" と入力してください。Enter だけを押すと切断します:"
    warning_certificate(host)
        en "The server \"{host}\" has a CERTIFICATE THAT DOES NOT COUNT."
        ja "サーバー\"{host}\"の証明書は無効です。"
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
