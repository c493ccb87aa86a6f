# セッションの途中と前後。

## ~? と ~#

escape-show-everything = { $c }i   - 接続の情報をすべて表示
escape-show-lines = { $c }I   - 同じ情報を行で表示 (画面に残ります)
escape-log-in-once-more = { $c }d   - このセッションの上で、もう一度ログイン
escape-open-session = {"  "}#0 セッション

## ~i: 接続の情報

information-title = 接続の情報:
information-user = ユーザー名
information-address = アドレス
information-address-port = { $address } ポート { $port }
information-behind-proxy = 経路の最後のホストだけが知っています
information-route = 経路
information-direct = TCP で直接接続
information-server = サーバー
information-client = クライアント
information-key-exchange = 鍵交換
information-strict = { $kex }、厳格
information-not-strict = { $kex }、厳格ではない
information-host-key-algorithm = ホスト鍵アルゴリズム
information-host-key = ホスト鍵
information-trusted = 信頼の根拠
information-cipher-out = 暗号 (送信)
information-cipher-in = 暗号 (受信)
information-mac-out = MAC (送信)
information-mac-in = MAC (受信)
information-mac-implicit = 暗号に含まれる
information-compression-out = 圧縮 (送信)
information-compression-in = 圧縮 (受信)
information-authenticated = 認証方式
information-exchanges = 鍵交換の回数
information-sent = 送信量
information-received = 受信量
information-age = 接続時間
information-round-trip = 往復時間
information-no-answer = 1 秒以内に応答なし
information-forwards = 転送
information-forward = 転送
information-none = なし
information-bytes = { $count } バイト
information-bytes-in-unit = { $size } { $unit } ({ $count } バイト)
information-seconds = { $seconds } 秒
information-minutes = { $minutes } 分 { $seconds } 秒
information-hours = { $hours } 時間 { $minutes } 分
information-days = { $days } 日 { $hours } 時間

## ~i の画面

facts-title = 接続情報
facts-hint-scroll = スクロール
facts-hint-close = 閉じる

## ホストを信頼した根拠 (~i)

trusted-known = 登録済み: { $at }
trusted-certified = 認証局 { $authority } の証明書: { $at }
trusted-new-taken = 新しいホストを確認なしで受け入れる設定です。{ $saved }
trusted-not = 信頼できていません: StrictHostKeyChecking が no です
trusted-once = この接続に限り、あなたが承認しました
trusted-said = あなたが承認しました。{ $saved }
trusted-saved = { $file } に保存済み
trusted-not-saved = { $file } に保存できませんでした
trusted-nowhere-to-save = UserKnownHostsFile の指定がないため未保存

## ~d: 二つ目のログイン

again-not-here = { $escape }: ここでは使えません
again-too-many = { $escape }: 最初のセッションの上に開けるセッションは { $most } 個までです
again-begins = { $escape } [このセッションの上でセッション { $next } を開きます]
again-over = [セッション { $next } は{ $ended }。セッション { $this } に戻りました]
again-ended = 終了しました
again-ended-status = 終了コード { $status } で終了しました
again-ended-signal = シグナル { $name } で終了しました
again-failed = 失敗しました: { $error }

## 貼り付け

paste-title = 貼り付けの確認
paste-count = { $count } 行を、キーボードから入力したものとして送信します。
paste-count-one = 1 行を、キーボードから入力したものとして送信します。
paste-ended = どの行も Enter で終わっています。
paste-open = 最後の行は Enter で終わっていません。
paste-send = 送信
paste-hint-line = 改行
paste-hint-not = 送信しない
paste-too-long = [送信しませんでした: 貼り付けが { $limit } MiB を超えています]
paste-not-sent = [貼り付けは送信しませんでした]
paste-lines-one = 1 行の貼り付け:
paste-lines-many = { $count } 行の貼り付け:
paste-lines-left-out = (省きました)
paste-lines-more = …ほかに { $count } 行あります
paste-lines-unended = (最後の行は Enter で終わっていません)
paste-lines-send = { $count }送信しますか? (yes/no/edit){" "}
paste-lines-this = この 1 行を
paste-lines-these = この { $count } 行を
paste-lines-which = 変更する行 (1-{ $count }、終わったら Enter):{" "}
paste-lines-new = 新しい内容 (Enter だけで省きます):{" "}

## サーバーが知らせるホスト鍵

rotation-title = ホスト鍵の更新: { $line }
rotation-other-keys = "{ $host }" が、{ $file } にあるものとは別のホスト鍵を知らせてきました。
rotation-new = 新しい鍵: { $kind } { $sha256 } (サーバーが所有を証明しました)
rotation-obsolete = 古い鍵:   { $kind } { $sha256 } ({ $at })
rotation-ask = この変更を受け入れますか? (yes/no) [no]:{" "}
rotation-not-updated = ホスト鍵を更新しませんでした: { $reason }
rotation-too-many = サーバーが { $limit } 個を超えるホスト鍵を知らせてきたため、すべて無視します
rotation-twice = サーバーが同じホスト鍵を二度知らせてきたため、すべて無視します
rotation-unproved = サーバーは、ホスト鍵の秘密鍵を持っていることを証明できませんでした
rotation-changed = その間に、別のプログラムが known_hosts ファイルを変更しました
rotation-tries-again = 何も変更していません。次の接続でもう一度試みます
rotation-read-only = ホストは { $at } の鍵をもう持っていません。このファイルには書き込まないので、その行を削除してください

## セッションのログと文字コード

log-no-session = -N: 記録するセッションがありません
log-none = { $flag }: ログを取る指定がありません
log-none-hint = --log FILE で指定してください
log-raw-stamps = raw 形式のログは届いたバイトをそのまま記録するもので、時刻は付けられません
log-raw-stamps-hint = --log-format text なら付けられます。--log-timestamp none で省けます
log-fault = ログ { $name }: { $why }
log-one-of = { $flag } { $word }: 次のいずれかで指定してください: { $known }
log-name-empty = --log: ファイル名が空です
log-name-not-utf-8 = --log: ファイル名が UTF-8 ではありません
log-name-fault = ログ { $name }: 時刻の指定が正しくありません ({ $why })
log-name-percent = % は strftime(3) と同じく時刻を表します。% そのものは %% と書いてください
log-name-long = ログ { $name }: 名前が長すぎます
log-cannot-write = ログ { $name } に書き込めません: { $why }
log-link = シンボリックリンクです
log-link-hint = リンク先のファイルを指定してください
log-no-directory = そのディレクトリはありません
log-no-directory-hint = 先に作成してください
log-pipe-unread = 読み手のいないパイプです
log-pipe = パイプです
log-no-file-hint = ログは通常のファイルに書き込みます。--log none でログを取りません
log-disk-full = ディスクに空きがありません
log-disk-full-hint = 空きを作るか、別のディスクを指定してください
log-ends = ログ { $name } への記録をここで終えます: { $error }
log-zone-unknown = タイムゾーンが分からないため、ログの時刻は UTC になります: { $error }
encoding-unknown = '{ $name }' という文字コードはありません
encoding-such-as = 指定できるものの例: { $names }
encoding-terminal = --encoding は端末でのセッションのためのもので、そのほかのデータは壊れてしまいます
encoding-terminal-hint = -t で端末を要求できます。ファイルは iconv(1) で変換できます
encoding-not-applied = 端末がないため、保存済みセッションの文字コードは適用されません

## A session that rests

session-rested = { $seconds } 秒間、何も送受信されなかったため、セッションを閉じました
session-rested-hint = この制限は ChannelTimeout で決まります
