# 接続、ホストの確認、ログイン、セッション。

## 接続とセッション

error-client-bad-ssh2-spec = { $what }の指定 '{ $spec }' が正しくありません
error-client-takes = { $keyword } に指定できるもの: { $family }
error-client-not-here = { $keyword }: { $names } は tessh にありません
error-client-left-out = { $keyword }: { $names } は tessh にないため、ほかのものを使います
error-client-server-did-not-open = サーバーが時間内にセッションを開きませんでした
error-client-may-overloaded-try-again = 混雑しているのかもしれません。もう一度お試しください
error-client-server-refused-open-session = サーバーがセッションを開くことを拒否しました: { $said }
error-client-may-allow-forwarding-only = 転送だけが許可されているのかもしれません。-N をお試しください
error-client-connection-lost = 接続が失われました
error-client-server-refused-open-session-2 = サーバーがセッションを開くことを拒否しました
error-client-servers-log-may-say = サーバーのログに理由があるかもしれません
error-client-connection-timed-out = { $place }: 時間切れです
error-client-check-host-up-port = ホストが動いていて、ここからポートに届くか確認してください
error-client-connect-host-port = ホスト { $host } のポート { $port } に接続できません
error-client-local-address-b-bindaddress = ローカルアドレス (-b, BindAddress)
error-client-no-address-try = 接続できるアドレスがありません
error-client-check-host-port-ssh = ホストとポートが正しいか、そこで SSH サーバーが動いているか確認してください
error-client-no-address-family-asked = 指定された種類のアドレスがありません
error-client-could-not-resolve-hostname = ホスト名 { $host } のアドレスが分かりません: { $why }
error-client-check-spelling-name-service = 綴りと名前解決の設定を確認してください
error-client-proxy-command-did-not = プロキシコマンドを起動できませんでした: { $reason }
error-client-check-proxycommand = ProxyCommand を確認してください
error-client-server-ended-connection = サーバーが接続を終了しました: { $said }
error-client-server-could-not-prove = サーバーはホスト鍵の持ち主であることを証明できませんでした。署名が正しくありません
error-client-somebody-may-between-you = サーバーとの間に第三者がいるおそれがあります
error-client-server-sent-bad-packet = サーバーから不正なパケットが届きました: 長さ { $size }
error-client-connection-damaged-or-not = 通信が壊れているか、SSH サーバーではありません
error-client-packet-arrived-corrupted-message = 壊れたパケットが届きました。メッセージ認証コードが一致しません
error-client-connection-damaged-or-tampered = 通信が壊れているか、改ざんされています。接続し直してください
error-client-server-broke-strict-key = サーバーが厳格な鍵交換の手順に反しました (メッセージ { $message_type })
error-client-timeout-server-not-responding = 生存確認にサーバーが応答せず、時間切れになりました
error-client-serveraliveinterval-serveralivecountmax-set-limit = 制限は ServerAliveInterval と ServerAliveCountMax で決まります
error-client-server-accepts-nothing-more = サーバーが受け付ける認証方式はもうありません
error-client-connection-closed-server = サーバーが接続を閉じました
error-client-server-sent-message-cannot = サーバーから読み取れないメッセージが届きました ({ $error })
error-client-text-not-utf-8 = UTF-8 ではない文字列が一因として考えられます。サーバーのログに詳細があるかもしれません
error-client-no-matching-found-their = 一致する{ $what }がありません。サーバー側: { $theirs }、こちら側: { $ours }
error-client-o-name-adds-one = tessh が対応していれば、-o { $keyword }=+NAME でサーバー側のものを追加できます
error-client-greeting-line-more-than = 挨拶に 255 バイトを超える行があります
error-client-http-server-answered = HTTP サーバーが応答しました
error-client-sent-more-than-20 = SSH の挨拶がないまま 20 行を超えました
error-client-connection-closed = 接続が閉じられました
error-client-server-speaks-only-ssh = サーバーは SSH-1 ({ $shown }) にしか対応していません。SSH-1 は安全ではなく、対応していません
error-client-ask-ssh-2-enabled = サーバーで SSH-2 を有効にするよう依頼してください
error-client-protocol-version-not-2 = プロトコルのバージョンが 2.0 ではありません
error-client-identification-unprintable-characters = 名乗りに表示できない文字が含まれています
error-client-not-ssh-server = SSH サーバーではありません: { $what }: "{ $shown }"
error-client-check-host-port = ホストとポートを確認してください
error-client-before-any-ssh-greeting = SSH の挨拶を受け取る前に終わりました: { $how }
error-client-check-host-port-server = ホストとポートを確認してください。サーバーがこのアドレスを拒否しているのかもしれません
error-client-before-ssh-greeting-server = SSH の挨拶を受け取る前に終わりました: { $how }。サーバーの言葉: "{ $shown }"
error-client-penalised = ログインに何度か失敗したため、サーバーはしばらくこのアドレスからの接続を断っています。数分待ってからお試しください
error-client-if-overloaded-try-again = 混雑しているのであれば、後でもう一度お試しください
error-client-said-nothing = 何も届きませんでした
error-client-only-said = 届いたのはこれだけです: "{ $heard }"
error-client-connection-timed-out-during = SSH の挨拶を待つ間に時間切れになりました: { $said }
error-client-check-host-port-or = ホストとポートを確認するか、後でもう一度お試しください
error-client-connection-reset-peer = 相手が接続を打ち切りました
error-client-connection-refused = 接続が拒否されました
error-client-connection-timed-out-2 = 時間切れです
error-client-no-route-host = ホストへの経路がありません
error-client-network-unreachable = ネットワークに届きません
error-client-broken-pipe = 相手がすでに閉じています
error-client-wrong-passphrase = { $path }: パスフレーズが違います
error-client-nothing-sent-server = サーバーには何も送っていません
error-client-enter-passphrase-key = 鍵 '{ $path }' のパスフレーズ:{" "}
error-client-wrong-passphrase-enter-passphrase = パスフレーズが違います。鍵 '{ $path }' のパスフレーズ:{" "}
error-client-no-passphrase-given = { $path }: パスフレーズが入力されませんでした
error-client-needs-passphrase-nobody-can = { $path } にはパスフレーズが必要ですが、尋ねる相手がいません
error-client-add-agent-ssh-add = ssh-add でエージェントに追加するか、BatchMode を使わずに端末で実行してください
error-client-key-could-not-sign = 鍵で署名できませんでした: { $error }
error-client-no-host-key-algorithm = ホスト鍵のアルゴリズムが合意されていません
error-client-key-exchange-reply-could = 鍵交換の応答を読み取れませんでした
error-client-agreed-sent-key-type = { $negotiated } に合意しながら、{ $key_type } の鍵を送ってきました
error-client-agreed-signed = { $negotiated } に合意しながら、{ $signature } で署名しました
error-client-not-post-quantum = ** 警告: この接続の鍵交換方式は耐量子計算機暗号ではありません。
error-client-store-now-decrypt-later = ** このセッションは、記録しておいて後で解読する攻撃に対して弱い可能性があります。
error-client-server-may-need-upgrade = ** サーバーの更新が必要かもしれません。https://openssh.com/pq.html を参照してください
error-client-other-post-quantum = 耐量子の鍵交換ではありません。サーバーにあるのは { $theirs }、tessh にあるのは { $ours } です
error-client-only-plain-zlib = Compression yes: 圧縮されません。サーバーにあるのはログイン前に展開を始める zlib だけで、zlib@openssh.com がありません
error-client-server-could-not-prove-identity = サーバーは本人であることを証明できませんでした: { $what }
error-client-no-fault-yours-tell = あなたの操作の問題ではありません。サーバーの管理者に知らせてください
error-client-suspend-tessh = { $escape } [tessh を一時停止]
error-client-not-available-client = { $escape }: このクライアントでは使えません
error-client-authenticated = {"  "}{ $kex } { $host_key } { $cipher }、認証: { $how }
error-client-pty-allocation-request-failed = サーバーが仮想端末の割り当てを拒否しました (チャネル 0)
error-client-request-failed-channel-0 = { $program } の要求が拒否されました (チャネル 0)
error-client-server-does-not-allow = サーバーはこのユーザーに許可していません
error-client-cannot-write-standard-output = 標準出力に書き込めません: { $reason }
error-client-rest-output-lost = 残りの出力は失われました
error-client-key-exchange-took-too = 鍵交換に時間がかかりすぎました
error-client-server-or-network-overloaded = サーバーかネットワークが混雑しています。もう一度試すか、ConnectTimeout を設定してください
error-client-servers-rsa-key-only = サーバーの RSA 鍵は { $bits } ビットしかありません
error-client-server-make-key-least = サーバーで { $least } ビット以上の鍵を作成してもらってください
error-client-stricthostkeychecking-no-passwords-keyboard = { $fact }。StrictHostKeyChecking が no のため接続しますが、この接続では password、keyboard-interactive、転送を使えません
error-client-fingerprint-typed-not-one = 入力されたフィンガープリントはこの鍵のものではありません
error-client-not-confirmed = 承認されませんでした
error-client-no-userknownhostsfile-set-key = UserKnownHostsFile の指定がないため、鍵は保存されませんでした
error-client-replaced-key-list-known = { $shown } の鍵を既知ホストの一覧で置き換えました。
error-client-permanently-added-list-known = { $shown } を既知ホストの一覧に追加しました。
error-client-failed-add-host-list = ホストを既知ホストの一覧に追加できませんでした: { $error }
error-client-host-key-verification-failed = ホスト鍵を確認できませんでした: { $reason }
error-client-host-certificate-does-not = ホスト証明書は有効と認められません: { $fault }
error-client-no-host-key-known = { $host } の { $kind } ホスト鍵は登録されておらず、別の種類の鍵だけがあります
error-client-host-key-changed = { $host } のホスト鍵が変わりました
error-client-key-changed-offered = { $name } の { $kind } 鍵が変わりました。{ $known }、提示された鍵 { $offered }
error-client-no-key-known-only = { $name } の { $kind } 鍵は登録されていません。{ $known }、提示された鍵 { $offered }
error-client-no-host-key-known-nobody = { $name } の { $kind } ホスト鍵は登録されておらず、尋ねる相手もいません。提示された鍵 { $offered }
error-client-at = { $kind } { $fingerprint } ({ $at })
error-client-known = 登録済みの鍵 { $list }
error-client-ask-servers-administrator-if = サーバーの管理者に確認してください。正しい変更であれば、{ $file } から古い行を削除してください
error-client-key-must-not-trusted = この鍵を信頼してはいけません。サーバーの管理者に確認してください
error-client-make-file-readable-or = そのファイルを読めるようにするか、UserKnownHostsFile で別のファイルを指定してください
error-client-connect-once-terminal-compare = 一度端末で接続して、フィンガープリントを見比べてください
error-client-connect-once-terminal-compare-fingerprint = 一度端末で接続してフィンガープリントを見比べるか、-o StrictHostKeyChecking=accept-new を使ってください
error-client-key-exchange-algorithm = 鍵交換アルゴリズム
error-client-host-key-algorithm = ホスト鍵アルゴリズム
error-client-public-key-algorithm = 公開鍵アルゴリズム
error-client-key-exchange-method = 鍵交換方式
error-client-host-key-type = ホスト鍵の種類
error-client-cipher = 暗号方式
error-client-mac = MAC 方式
error-client-compression = 圧縮方式
error-client-name-or-service-not-known = その名前は存在しません
error-client-name-resolution-temporary = 名前解決が一時的にできません
error-client-name-without-address = その名前にアドレスがありません
error-client-fingerprint-shown = ホスト鍵のフィンガープリント: { $fingerprint }

## ログイン

error-login-no-authentication-method-chosen = 認証方式が選ばれていません
error-login-choose-one-auth = --auth で選んでください
error-login-disabled-avoid-man-middle = 中間者攻撃を防ぐため、{ $method } は使えません
error-login-hosts-key-changed-settle = ホスト鍵が変わっています。先にそれを解決してください
error-login-permission-denied = { $label }: ログインを拒否されました ({ $list })
error-login-refused = { $wire } ({ $credential }) は拒否されました
error-login-refused-2 = { $wire } は拒否されました
error-login-server-accepts-check-or = サーバーが受け付けるのは { $accepted } です。内容を確認するか、--auth で別の方式を選んでください
error-login-server-accepts-only-choose = サーバーが受け付けるのは { $accepted } だけです。--auth で選んでください
error-login-succeeded-further-authentication-required = { $done } は成功しましたが、さらに認証が必要です: --auth { $done },{ $next }
error-login-server-did-not-answer = サーバーが時間内に認証の要求に応答しませんでした
error-login-connection-lost-during-authentication = 認証中に接続が失われました
error-login-try-again-servers-log = もう一度お試しください。サーバーのログに理由があるかもしれません
error-login-permission-denied-please-try = ログインを拒否されました。もう一度お試しください。
error-login-s-password = { $label } のパスワード:{" "}
error-login-server-answered-password-neither = サーバーはパスワードに対して可とも否とも答えませんでした。パスワードの期限が切れ、変更が必要になっている可能性が高いです
error-login-change-another-way-example = サーバーのコンソールなど別の方法で変更してから、ログインし直してください
error-login-authentication-cancelled = 認証を取り消しました
error-login-needs-answer-nobody-can = { $method } には入力が必要ですが、尋ねる相手がいません
error-login-run-terminal-without-batchmode = BatchMode を使わずに端末で実行するか、{ $instead } を使ってください
error-login-prompts-once = 一度に { $prompts } 個の質問
error-login-more-than-rounds-questions = { $limit } 回を超える質問
error-login-server-asked-too-much = サーバーの質問が多すぎます: { $what }
error-login-use-another-method-auth = --auth で別の認証方式を使ってください
error-login-no-identity-log-found = ログインに使える鍵が見つかりませんでした
error-login-name-key-file-i = -i で鍵ファイルを指定するか、ssh-keygen で作成してください
error-login-agent-does-not-hold = エージェントは { $key } を持っていません
error-login-agent-holds-no-keys = エージェントに鍵がありません
error-login-add-key-ssh-add = ssh-add で鍵を追加してください
error-login-no-agent-running-ssh = エージェントが動いていません: SSH_AUTH_SOCK が設定されていません
error-login-start-one-ssh-agent = ssh-agent を起動するか、--auth で別の認証方式を選んでください
error-login-host-certificate = ホスト証明書です
error-login-not-valid-yet = まだ有効期間に入っていません
error-login-expired = 有効期限が切れています
error-login-key-offered-without = { $place }: { $fault }。証明書なしで鍵を提示します
error-login-no-signature-algorithm-rsa = この RSA 鍵に使える署名アルゴリズムが許可されていません
error-login-pubkeyacceptedalgorithms-must-allow-rsa = PubkeyAcceptedAlgorithms で rsa-sha2-512 か rsa-sha2-256 を許可してください
error-login-algorithm-not-accepted = { $path } は使えません。PubkeyAcceptedAlgorithms に { $name } がありません
error-login-add-algorithm = -o PubkeyAcceptedAlgorithms=+{ $name } で使えるようになります。または -i で別の鍵を指定してください
error-login-public-key-not-known = { $path }: 公開鍵が分かりません
error-login-name-pub-file-i = -i で .pub ファイルを指定してください
error-login-password-handed-over = 渡されたパスワード
error-login-password-fd-n-or = --password-fd N か SSH_ASKPASS

## ~? と ~#

escape-terminate-connection = { $c }.   - 接続を終了
escape-r-request-rekey = { $c }R   - 鍵交換をやり直す
escape-v-v-decrease-increase = { $c }V/v - 表示を減らす/増やす (LogLevel)
escape-z-suspend-tessh = { $c }^Z  - tessh を一時停止
escape-show-connection = { $c }#   - 接続を表示
escape-message = { $c }?   - この説明
escape-send-escape-character-typing = { $c }{ $c }   - エスケープ文字そのものを送る (2 回入力)
escape-note-escapes-are-only = (エスケープは行頭でのみ有効です)
escape-supported-escape-sequences = 使えるエスケープ:
escape-following-connections-are-open = 開いている接続:

## KnownHostsCommand

error-command = KnownHostsCommand { $program }: { $what }
error-command-hint = コマンドを直してください。-o KnownHostsCommand=none でコマンドなしに接続できます
error-command-not-started = 起動できませんでした: { $error }
error-command-no-output = 出力がありません
error-command-failed = 失敗しました ({ $status })
error-command-exit-status = 終了コード { $code }
error-command-too-much = 出力が { $limit } MiB を超えました
error-command-unreadable = 出力を読み取れません: { $error }
error-command-too-slow = { $seconds } 秒以内に終わりませんでした

## SSHFP レコード

sshfp-nothing = { $name } のホスト鍵のフィンガープリントは DNS にありません。
sshfp-nothing-counts = { $name } のホスト鍵の SHA-256 フィンガープリントは DNS にありません。ほかの { $ignored } 件は根拠になりません。
sshfp-failed = { $name } のホスト鍵のフィンガープリントを DNS から得られませんでした: { $reason }。
sshfp-match = { $name } のホスト鍵と一致するフィンガープリントが DNS にあります ({ $proof })。
sshfp-mismatch = { $name } のホスト鍵と一致しないフィンガープリントが DNS にあります ({ $proof })。
sshfp-other-types = { $name } については、別の種類のホスト鍵のフィンガープリントだけが DNS にあります ({ $proof })。
sshfp-secure = 安全: DNSSEC で検証済み、署名は { $zone }
sshfp-insecure = 安全ではありません: DNSSEC による証明がなく、途中の誰でも書き換えられます
sshfp-warning = 警告: このホスト鍵は、DNS がこのホストのものとしている鍵ではありません!
sshfp-warning-means = 第三者がこのホストになりすましているか、鍵が新しくなったのに SSHFP レコードが古いままです。
sshfp-rejected = この { $kind } 鍵は、DNS が { $host } のものとしている鍵ではありません (提示された鍵 { $offered }、SSHFP レコードは DNSSEC で検証済み)
sshfp-rejected-hint = 鍵か SSHFP レコードが古くないか、サーバーの管理者に確認してください
sshfp-no-thread = スレッドを作れません: { $error }
sshfp-broke-off = 問い合わせが途中で終わりました
sshfp-late = { $seconds } 秒以内に応答がありません
sshfp-no-sense = { $file } の内容が正しくありません
sshfp-not-text = テキストではありません
sshfp-no-anchors = { $file } は DNSKEY レコードの一覧ではありません: { $why }
sshfp-file-too-long = { $limit } KiB を超えています
sshfp-file-unreadable = { $file } を読み取れません: { $error }
sshfp-bogus = 応答が DNSSEC の証明と合わず、偽造されたおそれがあります
sshfp-server-says = サーバーの応答は '{ $code }' です
sshfp-no-answer = 応答がありません
sshfp-no-server = どのサーバーにも届きません
sshfp-too-many = SSHFP レコードが { $limit } 件を超えています

## 失効した鍵

revoked-hint = RevokedHostKeys で指定されたファイルです。サーバーの管理者に確認してください
revoked-unusable = どの鍵も受け入れられません。失効した鍵のファイル { $file }: { $reason }
revoked-missing = 存在しません
revoked-line-without-key = { $line } 行目に鍵がありません
revoked-key = ホスト鍵 { $key } は { $how } で失効しています
revoked-authority = 証明書の認証局 { $key } は { $how } で失効しています
revoked-certificate = ホスト鍵 { $key } の証明書は { $file } で失効しています ({ $how })

## known_hosts の行

known-line-more = この後にも使えない行がありますが、省略します
known-line-long = 行が { $value } KiB を超えています
known-line-damaged = 鍵が壊れているか、未知の種類です
known-line-mldsa = ssh-mldsa44-ed25519 の鍵には対応していません
known-line-key-missing = known_hosts の行ではありません: 鍵がありません
known-line-no-key = known_hosts の行ではありません: ホスト名の後に鍵がありません
known-line-certificate = 鍵であるべき所に証明書があります
known-line-base64 = 鍵が正しい base64 ではありません
known-line-cut-short = 鍵が途中で切れています
known-line-other-type = 鍵が、行に書かれた種類のものではありません
known-line-marker = 未知のマーカーです: { $value }
known-line-markers = マーカーは 1 行に 1 つだけです
known-line-control = known_hosts の行ではありません: ホスト名に制御文字があります
known-line-hash = ハッシュ化されたホスト名が壊れています

## 鍵失効リスト

krl-not = 鍵失効リストではありません
krl-format = 形式が { $format } で、対応しているのは { $known } だけです
krl-signed = 署名の後にセクションがあります
krl-key = 鍵
krl-sha1 = 鍵の SHA-1 フィンガープリント
krl-sha256 = 鍵の SHA-256 フィンガープリント
krl-key-id = 証明書の鍵 ID
krl-serial = 証明書のシリアル番号
krl-sha1-length = 長さの違う SHA-1 があります
krl-sha256-length = 長さの違う SHA-256 があります
krl-section = 未知の種類 { $kind } のセクションがあります
krl-range = シリアル番号の範囲が { $first } から { $last } になっています
krl-certificates = 未知の種類 { $kind } で証明書が指定されています
krl-bitmap-negative = 負の数のビットマップがあります
krl-bitmap-beyond = 最後のシリアル番号を超えるビットマップがあります
krl-left-over = 余分なバイトがあります
krl-cut-short = 途中で切れています
krl-extension = 未知の重要な拡張 { $name } があります
wire-talks-unasked = 応答すべきものがないのにサーバーが送信を続けました
wire-chatter = 応答できない鍵交換の間に、サーバーが応答の必要なメッセージを送り続けました
wire-opens-unanswered = サーバーが応答を待たずに { $limit } を超えるチャネルを開きました
wire-not-your-fault = お使いの側の問題ではありません。サーバーの管理者に知らせてください
error-login-answer-before-request = サーバーがログインの要求より先に応答しました
error-client-hung-up-in-exchange = 鍵交換の途中で接続が切られました ({ $how })
error-client-hung-up-in-exchange-hint = サーバー、またはその手前のファイアウォールや接続数の制限がこの接続を受け付けていません。理由はサーバーのログにあります。時間をおいて試してください
error-client-goodbye-cut-short = サーバーから途中で終わっているメッセージが届きました
error-client-goodbye-cut-short-hint = おそらくサーバーが理由を述べて接続を終え、言語の指定を省いたため (SSH_MSG_DISCONNECT、RFC 4253)、理由を表示できません。サーバーのログにあります
error-client-addendum-too-long = VersionAddendum が { $limit } バイトを超えています
error-client-addendum-hint = クライアントの識別文字列は 255 バイト以内の一行です
