# ログイン: 認証画面、チャレンジ画面、ファイルの選択。

login-title = SSH認証
login-to = { $host } にログインします
login-required = 認証が必要です。
login-retry = 認証に失敗しました。もう一度お試しください。
login-refused = サーバーが拒否しました: { $what }
login-unusable = 拒否されたのではなく、使用できませんでした: { $why }
login-further = さらに認証が必要です。
login-so-far = サーバーは { $what } を受け入れ、続けて別の認証方式を求めています。
login-user = ユーザー名:
login-user-first = TabまたはEnterで名前を送り、サーバーが受け付ける認証方式を問い合わせます。
login-user-missing = ユーザー名を入力してください。
login-password = パスワード:
login-passphrase = パスフレーズ:
login-show = 入力を表示する
login-clear = ここに貼り付けた後、クリップボードを消去する
login-method-password = パスワード
login-method-publickey = 鍵ファイル
login-method-agent = エージェント
login-method-keyboard-interactive = キーボードインタラクティブ
login-note-keyboard-interactive = サーバーが質問します
login-note-not-accepted = サーバーが受け付けません
login-note-switched-off = { $keyword } no で無効にされています
login-note-host-key-changed = ホスト鍵が変わったため使えません
login-note-no-agent = エージェントが動いていません
login-note-agent-silent = エージェントが応答しません
login-note-agent-empty = エージェントに鍵がありません
login-note-agent-failed = 失敗しました: { $why }
login-note-agent-keys = 鍵の数: { $count }
login-note-handed-over = 空欄なら、渡されたパスワードを使います
login-key-file = 鍵ファイル:
login-key-file-missing = 鍵ファイルを指定してください。
login-key-certified = 証明書付き
login-key-locked = パスフレーズが必要です
login-key-open = パスフレーズは不要です
login-key-special = 通常のファイルではありません
login-empty-password = パスワードが空です。もう一度 Enter を押すと、空のまま送信します。
login-key-passphrase = この鍵にはパスフレーズが必要です。
login-nothing-sent = サーバーには何も送っていません。
login-unlocking = 鍵を開いています
login-remember = この実行中だけメモリーに記憶する
login-forward = エージェントを転送する
login-forward-unavailable = エージェントを転送する（エージェントがありません）
login-browse = 参照
login-disconnect = 切断
login-lost = 接続が失われました: { $why }

# 同じ内容を行で尋ねるとき。
login-line-user = ユーザー名 [{ $user }]:{" "}
login-line-methods = { $login } としてログインする認証方式:
login-line-method = 認証方式 (1-{ $count }) [{ $number }]:{" "}
login-line-unusable = { $method }: { $why }。
login-line-password = { $login } のパスワード:{" "}
login-line-key-file = 鍵ファイル:{" "}
login-line-key-file-proposed = 鍵ファイル [{ $path }]:{" "}
login-line-passphrase = 鍵 '{ $path }' のパスフレーズ:{" "}
login-line-agent-key = エージェントの鍵 (1-{ $count }) [{ $number }]:{" "}
login-line-remember = この実行中だけメモリーに記憶しますか (yes/no) [{ $default }]?{" "}

challenge-title = SSH認証チャレンジ
challenge-asks = サーバーから { $login } への質問です:
challenge-says = サーバーから { $login } へのお知らせです:
challenge-answer = 回答:
challenge-show = 入力を表示する

files-title = 鍵ファイルの選択
files-hidden = 隠しファイルを表示する
files-open = 開く
files-directory = ディレクトリ
files-none = 何もありません。
files-more = 最初の { $count } 件だけを表示しています。
files-unreadable = 一覧を表示できません: { $why }

# ログインの結果。
login-with = { $method }、{ $credential }
login-then = 、続いて{" "}
login-lost-meanwhile = 質問に答えている間に接続が失われました
login-dead-end = { $label }: サーバーが受け付ける認証方式は、どれもここでは使えません
login-dead-end-accepted = 受け付けるのは { $list } です
login-off-host-key-changed = ホスト鍵が変わっています
login-off-agent-failed = エージェントでエラーが起きました
