# 新しい接続（全画面と行表示）。

connection-title = 新しい接続
connection-host = ホスト:
connection-port = TCPポート:
connection-family = アドレス:
connection-any-family = 自動
connection-confirm-paste = 複数行の貼り付けを確認する
connection-connect = 接続
connection-connect-to = { $name } に接続
connection-save = 保存…
connection-help = ヘルプ
connection-leave = 終了
connection-recent = 履歴
connection-broken = ! 使えません: { $why }
connection-nothing = ホストを入力するか、一覧から選んでください。
connection-gone = このセッションのファイルがなくなっています。
connection-only-sessions = 編集・複製できるのは保存済みセッションだけです。n でこのホストをセッションとして保存できます。
connection-saved = { $name } として保存しました。
connection-removed = { $name } を削除しました。
connection-hint-edit = 編集
connection-hint-duplicate = 複製
connection-hint-remove = 削除
connection-hint-save = 保存
connection-hint-help = ヘルプ
connection-hint-scroll = スクロール

connection-save-title = セッションとして保存
connection-duplicate-title = { $name } を複製
connection-name = 名前:
connection-name-taken = 同じ名前のセッションが既にあります。別の名前を付けてください。
connection-save-now = 保存

connection-remove-title = 削除
connection-remove-session = 保存済みセッション { $name } を削除しますか。ファイルも消えます。
connection-remove-recent = { $name } を履歴から削除しますか。
connection-remove = 削除する

connection-edit-title = { $name } の編集
connection-edit-lists = 複数の値は空白で区切り、空白を含む値は引用符で囲みます。空の項目はファイルに書かれません。
connection-field-fault = { $label } { $why }
connection-overwrite-title = 他で変更されています
connection-overwrite-question = このファイルは、ここで読み込んだ後に変更されました（別のエディターかもしれません）。その変更を上書きしますか。「いいえ」を選んでも、入力した内容はこの画面に残ります。
connection-overwrite = 上書きする
connection-discard-title = 保存していません
connection-discard-question = 変更した内容はまだ保存していません。保存せずに閉じますか。
connection-discard = 保存せずに閉じる
connection-pty-unset = 通常どおり
connection-wants-port = ポートは1から65535までの数です
connection-wants-number = 整数で入力してください
connection-wants-quotes = 引用符が閉じていません
connection-wants-yes-or-no = yes か no を入力してください
connection-wants-pairs = それぞれ NAME=value の形で入力してください

connection-field-host = ホスト:
connection-field-port = ポート:
connection-field-user = ユーザー名:
connection-field-method = 認証方式:
connection-field-identity = 鍵ファイル:
connection-field-certificate = 証明書:
connection-field-known-hosts = known_hosts:
connection-field-fingerprints = フィンガープリント:
connection-field-jump = 踏み台:
connection-field-proxy-command = プロキシコマンド:
connection-field-command = リモートコマンド:
connection-field-pty = 端末:
connection-field-options = その他のオプション:
connection-field-encoding = 文字コード:
connection-field-log = ログファイル:
connection-field-log-format = ログの形式:
connection-field-log-timestamp = ログの時刻:
connection-field-confirm-paste = 貼り付けの確認:
connection-field-note = メモ:
connection-field-tags = タグ:
connection-field-local = ローカル転送:
connection-field-remote = リモート転送:
connection-field-dynamic = ダイナミック転送:
connection-field-environment = 環境変数:
connection-field-interval = キープアライブ（秒）:
connection-field-count = キープアライブ（回）:
connection-field-kex = 鍵交換:
connection-field-host-key = ホスト鍵の種類:
connection-field-cipher = 暗号:
connection-field-mac = MAC:

connection-help-title = ヘルプ: 新しい接続
connection-help-host = ホスト欄
connection-help-host-text =
    host、user@host、user@host:port、[IPv6]:port、ssh://user@host:port、保存済みセッションの名前、またはシェルで入力するとおりの1行（例: ssh -p 2222 -J gate user@host）を受け付けます。Enterで、入力したとおりのホストに接続します。入力中は、候補が下の一覧に表示されます。
connection-help-list = 一覧
connection-help-list-text =
    保存済みセッションと、以前に接続したホスト（新しい順）が並びます。Tabまたは下矢印キーで移動し、Enterで選んだものに接続します。一覧のキーではない文字を打つと、ホスト欄への入力が続きます。ポートとアドレスを指定すると、セッションにも適用されます。
connection-help-keys = 一覧でのキー
connection-help-keys-text =
    e は保存済みセッションの編集、d は別名での複製、Del は削除、n は入力内容を新しいセッションとして保存、? はこのヘルプ（F1はどこでも使えます）です。Escで終了します。
connection-help-files = ファイル
connection-help-files-text =
    保存済みセッションは ~/.config/tessh/sessions のTOMLファイルで、コメントはそのまま残ります。接続履歴は ~/.local/state/tessh/history にあります。パスワードやパスフレーズが書かれることはありません。

connection-lines-sessions = 保存済みセッション（編集は tessh sessions）:
connection-lines-recent = 接続履歴:
connection-lines-more = …ほかに{ $count }件あります。名前の入力もできます
connection-lines-ask = ホストまたは番号（空で終了）:{" "}

## 接続に使えないもの

connection-terminal-fault = 端末を使えません: { $error }
connection-open-quote = 引用符が閉じていません
connection-open-quote-hint = 閉じてください
connection-other-verb = tessh { $verb } は接続するコマンドではありません
connection-other-verb-hint = ここを終了し、シェルで入力してください
connection-no-place = { $flag } はここでは使えません
connection-no-place-hint = ここを終了し、その行をシェルで入力してください
connection-two-ports = ポートが { $one } と { $other } の 2 つ指定されています
connection-two-ports-hint = ポート欄を空にするか、ホスト欄から取り除いてください
connection-two-families = IPv4 だけ、IPv6 だけの両方が指定されています
connection-two-families-hint = 「自動」ならどちらも使えます
connection-link-nowhere = ファイルがなくなったか、行き先のないリンクです
