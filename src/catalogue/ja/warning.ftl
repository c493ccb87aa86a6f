# ホスト鍵についてのセキュリティ警告（ダイアログと行表示）。

warning-title = セキュリティ警告
warning-unknown = サーバー "{ $host }" は known hosts リストに登録されていません。
warning-unknown-means = 初めての接続では通常の表示です。なりすましでないことを確かめるため、管理者から知らされたフィンガープリントと見比べてください。
warning-changed = サーバー "{ $host }" から、known hosts リストに登録されているもの ({ $place }) とは異なる鍵が提示されました。
warning-changed-means = 第三者がこのサーバーになりすましているか、管理者が鍵を新しくしたかのどちらかです。続行する前に管理者に確認してください。
warning-dns = サーバー "{ $host }" が提示した鍵は、DNS ゾーンが DNSSEC で証明している鍵ではありません。
warning-other = サーバー "{ $host }" から、known hosts リストに登録されているものとは異なる種類の鍵が提示されました。
warning-other-means = { $kind } 鍵は登録されておらず、ほかの種類の鍵だけが登録されています。なりすましの場合も同じように見えます。
warning-hash-sha256 = SHA256
warning-hash-md5 = MD5
warning-offered = サーバーの { $kind } 鍵:
warning-now = 今回の { $kind } 鍵:
warning-known = 登録済みの { $kind } 鍵:
warning-at = 登録場所: { $place }
warning-compare = 照合する値:
warning-same = この鍵のフィンガープリントと一致します。
warning-differs = この鍵のフィンガープリントと一致しません。
warning-unreadable = フィンガープリントとしてまだ不完全です（SHA256:…、MD5:…、または名前なし）。
warning-add = このマシンと鍵を known hosts リストに追加する
warning-replace = 登録済みの鍵をこの新しい鍵に置き換える
warning-then-add = 続行すると、接続して鍵を known hosts リストに書き込みます。
warning-then-replace = 続行すると、接続して known hosts リストの古い鍵をこの鍵に置き換えます。
warning-then-once = 続行すると、今回だけ接続し、何も書き込みません。
warning-then-disconnect = 切断するとここで終わります。何も送信されておらず、何も書き込まれません。
warning-since = 最初の登録日 { $since }
warning-continue = 続行
warning-disconnect = 切断
warning-hint-disconnect = 切断
warning-hint-scroll = スクロール

warning-plain-title = セキュリティ警告: { $text }
warning-plain-offered = 提示された { $kind } 鍵のフィンガープリント:
warning-plain-known = 登録済み: { $kind } 鍵のフィンガープリント
warning-plain-before = 登録済み
warning-plain-now = 今回提示
warning-plain-yes = yes: 接続し、鍵を known hosts リストに書き込みます
warning-plain-once = once: 今回だけ接続し、何も書き込みません
warning-plain-no = no: 切断します。何も送信されておらず、何も書き込まれません
warning-plain-fingerprint = フィンガープリント: 鍵のものと一致すれば yes と同じ、一致しなければ切断します
warning-plain-ask-new = 接続を続けますか (yes/once/no/[フィンガープリント])?
warning-plain-ask-dns = 接続して鍵を保存するには "add"、保存せずに接続するには "once" を入力してください。Enter だけで切断します:
warning-plain-ask-changed = 古い鍵を置き換えて接続するには "replace"、保存せずに接続するには "once" と入力してください。Enter だけを押すと切断します:

# 調べたもの。
evidence-name = { $name } を検索しました:
evidence-key = { $place }: { $kind } { $fingerprint }
evidence-more-keys = { $file }: ほかに { $count } 個の鍵があります
evidence-nothing = { $file }: 登録なし
evidence-none-of-type = { $file }: { $kind } 鍵の登録なし
evidence-unread = { $file } は検索していません: { $reason }
evidence-skipped = { $file }:{ $line } は無視しました: { $reason }
evidence-more-skipped = { $file }: ほかに { $count } 行を無視しました
evidence-certificate = ホスト証明書は無効です: { $fault }
evidence-dns = { $text }

# The question about announced host keys.
rotation-box-title = ホスト鍵の更新
rotation-box-new = 新しい鍵（サーバーが所有を証明済み、{ $count } 個）:
rotation-box-obsolete = 古くなった鍵（{ $count } 個）:
rotation-box-key = { $kind } 鍵 { $fingerprint }
rotation-box-key-at = { $kind } 鍵 { $fingerprint }（{ $place }）
rotation-box-ask = この変更を受け入れますか。
