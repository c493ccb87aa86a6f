# 認証局、固定した鍵、有効範囲の式、ホスト鍵を信頼する根拠。

## 有効範囲の式
validity-fault = { $what }: '{ $part }' ({ $from } バイト目)
validity-fault-end = { $what } ({ $from } バイト目)
validity-too-long = 式が { $limit } バイトを超えています
validity-too-deep = 括弧または ! の入れ子が { $limit } 段を超えています
validity-more-text = 式の終わりの後に余分な文字があります
validity-mixed = この部分の両側の && と || には括弧が必要です
validity-not-closed = この部分の前の括弧が閉じていません
validity-operator = 演算子は && と || です
validity-character = この文字はここでは使えません
validity-expected = ここにはホスト名、port:N、または括弧が必要です
validity-class = 文字クラスが閉じていないか、範囲が不完全です
validity-port = ポートは port:N または port:N-M と書きます
validity-port-large = 65535 を超えるポートはありません
validity-port-backwards = ポートの範囲は小さい方を先に書きます

## 認証局のファイル
authority-not-utf-8 = UTF-8 のテキストではありません
authority-too-large = { $limit } バイトを超えています
authority-too-many = ファイルが { $limit } 個を超えているため、どれも使いません
authority-writable = ほかの利用者が書き込めます。自分の所有とし、自分だけが書き込めるようにしてください
authority-unknown-key = { $key } という項目はありません。制限の指定かもしれないため使いません
authority-missing = { $field } がありません
authority-no-text = { $field } は引用符で囲んだテキストです
authority-no-flag = { $field } は引用符なしの true または false です
authority-name-empty = 名前が空です
authority-name-long = 名前が { $limit } バイトを超えています
authority-name-control = 名前に制御文字があります
authority-key-empty = 鍵が空です
authority-key-base64 = 鍵が base64 ではありません
authority-key-certificate = 証明書は認証局になれません
authority-key-damaged = 鍵が壊れています
authority-key-other-type = 鍵の種類が先頭の語と異なります
authority-exists = 認証局 { $name } は既にあります ({ $file })
authority-exists-hint = --force で置き換えられます
authority-not-written = { $file } に書き込めません: { $error }
authority-not-removed = { $file } を削除できません: { $error }

## 証明書
certificate-authority-is-certificate = 署名したものが証明書です。認証局になれるのは鍵だけです
certificate-hash-not-permitted = 認証局 { $shown } の署名は { $hash } で、その設定では認められていません
certificate-signature-not-permitted = 認証局 { $shown } の署名は { $algorithm } で、CASignatureAlgorithms にありません
certificate-too-many-principals = プリンシパルが { $count } 個あり、{ $limit } 個を超えています
certificate-no-host = 対象のホストなし
certificate-no-principals = プリンシパルがないため、どのホストにも有効ではありません
certificate-always = 無期限
certificate-until = { $before } まで
certificate-from = { $after } から
certificate-between = { $after } から { $before } まで
certificate-fault = { $fault } (証明書「{ $key_id }」、対象 { $holders }、有効期間 { $period })

## 固定した鍵
pin-unreadable = '{ $value }' はホスト鍵でもそのフィンガープリントでもありません
pin-unreadable-hint = SHA256:… (43 文字)、コロン区切りの 16 進数 16 バイト、または鍵の base64 を指定してください
pin-too-many = 固定した鍵が { $limit } 個を超えています
pin-mismatch = { $kind } 鍵 { $offered } は { $from } で固定した鍵 ({ $pins }) のどれでもありません
pin-mismatch-hint = サーバーが固定した鍵も持っているなら -o HostKeyAlgorithms=… で要求できます。そうでなければ通信に割り込まれている可能性があります
pin-of-flag = --host-key
pin-of-profile = 保存済みセッション { $name }

## 根拠 (1 行ずつ)
fact-revoked = { $at } で @revoked とされています
fact-forbidden = { $reason }
fact-pinned = { $from } で固定した鍵です: { $pin }
fact-pinned-md5 = { $from } で固定した鍵です: { $pin } (MD5 は古い方式です。SHA256 をお勧めします)
fact-not-pinned = { $from } で固定した { $count } 個の鍵のどれでもありません: { $pins }
fact-certified = { $at }: 認証局 { $authority } が証明書「{ $keyid }」に署名しています。対象 { $holders }、有効期間 { $period }
fact-certified-record = { $at }: 認証局 { $record } ({ $authority }) が証明書「{ $keyid }」に署名しています。対象 { $holders }、有効期間 { $period }
fact-covered = { $at }: 認証局 { $authority } はこのホストを対象としていますが、この鍵には署名していません
fact-covered-record = { $at }: 認証局 { $record } ({ $authority }) はこのホストを対象としていますが、この鍵には署名していません
fact-no-authority = 証明書がありますが、このホストを対象とする認証局がありません
fact-authority-unusable = 使えない認証局があります: { $problem }
fact-known = { $at }: この鍵です
fact-first-use = このホストの登録はありません

## 信頼する根拠
trusted-pinned = { $from } で固定した鍵: { $pin }
trusted-certified-record = 認証局 { $record } ({ $authority }) の証明書: { $at }
trusted-dns = DNS の { $name } に登録済み (DNSSEC で { $zone } から証明)
trusted-new = 新しいホストを確認なしで受け入れる設定です
trust-known-but-certificate = 鍵は登録済みです ({ $at }) が、代わりに証明書が提示されました
trust-no-entry = known_hosts に { $host } の登録がありません (提示された鍵 { $offered })

warning-certificate = サーバー「{ $host }」の証明書は無効です。
warning-certificate-means = 鍵は登録済みですが、このホストの鍵を保証するはずの認証局の証明書に問題があります。続ける前に管理者に確認してください。
error-client-certificate-does-not-count = 証明書が無効で、確認を求める相手がいません: { $fault }
error-client-renew-certificate = サーバーの管理者に有効な証明書への更新を依頼してください。--host-key を使えば証明書なしで特定の鍵を受け入れられます

## tessh trust authority
authority-unknown-verb = tessh trust authority に { $other } という操作はありません (list, show, add, remove, test)
authority-words-not-utf-8 = 引数は UTF-8 で指定してください
authority-usage = 使い方: { $line }
authority-none = known_hosts 以外に認証局の登録はありません。tessh trust authority add で追加できます
authority-row-name = 名前
authority-row-file = ファイル
authority-row-key = 鍵
authority-row-validity = 有効範囲
authority-row-hashes = 署名方式
authority-rsa-short = { $bits } ビットの RSA 鍵は認証局にできません。{ $least } ビット以上が必要です
authority-name-taken = 認証局 { $name } は別のファイルに登録済みです
authority-added = { $name } ({ $key }) を有効範囲 { $validity } で { $file } に追加しました
authority-would-add = { $name } ({ $key }) を有効範囲 { $validity } で { $file } に追加することになります
authority-removed = { $file } を削除しました
authority-would-remove = { $file } を削除することになります
authority-no-host = '{ $host }' はホストとポートの指定ではありません
authority-missing-name = 認証局 { $name } はありません
authority-key-hint = .pub ファイルの形式の鍵、その base64、または鍵のファイルを指定してください
authority-key-lines = ファイルには鍵を 1 行だけ書いてください
