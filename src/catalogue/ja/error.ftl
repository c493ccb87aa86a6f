# エラーの共通部分、OS の言葉、コマンドラインと設定。

## 共通

error-and = {" "}と{" "}
error-parts = { $first }。{ $then }

## OS

error-os-no-such-file = そのようなファイルやディレクトリはありません
error-os-permission-denied = アクセス権がありません
error-os-not-a-directory = ディレクトリではありません
error-os-is-a-directory = ディレクトリです
error-os-exists = 同じ名前のファイルがすでにあります
error-os-read-only = 読み取り専用のファイルシステムです
error-os-full = ディスクに空きがありません
error-os-address-in-use = そのアドレスはすでに使われています
error-os-address-not-here = このマシンにそのアドレスはありません

## 接続先

error-destination-host-name-empty = ホスト名が空です
error-destination-host-name-longer-than = ホスト名が { $limit } バイトを超えています
error-destination-host-name-starts = ホスト名が '-' で始まっています
error-destination-options-come-first = オプションはホスト名の前に書いてください
error-destination-hostname-contains-invalid-characters = ホスト名に使えない文字が含まれています
error-destination-user-name-empty = ユーザー名が空です
error-destination-user-name-longer-than = ユーザー名が { $limit } バイトを超えています
error-destination-remote-username-contains-invalid = ユーザー名に使えない文字が含まれています
error-destination-bad-port = ポート '{ $shown }' は正しくありません
error-destination-port-1-65535 = ポートは 1 から 65535 までです
error-destination-ssh-destination-no-path = ssh:// の接続先にパスは付けられません
error-destination-end-after-host = ホストまでで終わらせてください
error-destination-ssh-destination-no-query = ssh:// の接続先に ? や # の部分は付けられません
error-destination-user-ssh-destination-bare = ssh:// の接続先のユーザー名に '@' がそのまま書かれています
error-destination-write-40 = %40 と書いてください
error-destination-before-address-no = アドレスの前の '[' に対応する ']' がありません
error-destination-after-only-port-can = ']' の後に書けるのは ':ポート' だけです
error-destination-several-what-no-ipv6 = IPv6 アドレスではないのに ':' が複数あります
error-destination-address-port-are-written = アドレスとポートは [アドレス]:ポート と書きます
error-destination-ssh-destination-not-followed = ssh:// の接続先の '%' の後に 16 進数 2 桁がありません
error-destination-user-name-not-utf = ユーザー名が UTF-8 ではありません

## ssh_config

error-config-single-end = 末尾に "%" が単独であります
error-config-too-long-when-expanded = 展開すると長すぎます
error-config-unknown-key = %{ $token } という記号はありません
error-config-env-var-no-value = 環境変数 ${"{"}{ $value }{"}"} が設定されていません
error-config-no-such-user = ユーザー { $value } は存在しません
error-config-no-such-file-or = そのようなファイルやディレクトリはありません
error-config-more-than-configuration-files = 設定ファイルが { $limit } 個を超えています
error-config-not-read = { $value } を読み取れませんでした: { $reason }
error-config-larger-than-bytes = { $limit } バイトを超えています
error-config-bad-owner-or-permissions = { $value } の所有者またはアクセス権が正しくありません
error-config-must-yours-only-you = 所有者が自分で、書き込めるのも自分だけである必要があります: chmod go-w
error-config-nul-byte = { $origin }: NUL バイトが含まれています
error-config-not-utf-8 = { $origin }: UTF-8 ではありません
error-config-terminating-bad-configuration-options = { $file } に誤った設定が { $count } か所あるため、中止します
error-config-line = { $file } の { $line } 行目: { $unknown }
error-config-include-deeper-than-files = { $origin }: Include: 入れ子が { $limit } 段を超えています
error-config-does-file-include-itself = ファイルが自分自身を取り込んでいないか確認してください
error-config-include = { $origin }: Include: { $fault }
error-config-bad-include-path = 取り込むファイルのパス { $arg } が正しくありません
error-config-cant-open-user-config = 設定ファイル { $value } を開けません: { $reason }
error-config-missing-option = { $origin }: 設定がありません
error-config-written-o-keyword-value = -o Keyword=value のように書きます
error-config-directive-not-supported-command = { $keyword } はコマンドラインでは指定できません
error-config-more-than = { $origin }: { $keyword }: { $limit } 個を超えています
error-config-bad-configuration-option = 存在しない設定です: { $name }
error-config-invalid-quotes = 引用符が閉じていません
error-config-auth-unknown-method = --auth: 認証方式 '{ $value }' はありません
error-config-one = 次のいずれかを指定してください: { $known }
error-config-auth-more-than-methods = --auth: 認証方式が { $limit } 個を超えています
error-config-no-method-preferredauthentications-can = PreferredAuthentications { $words } の中に使える認証方式がありません
error-config-auth-method-names-one = --auth METHOD で指定してください
error-config-switched-off-no = { $source }: { $method } は { $keyword } no で無効になっています
error-config-o-yes-switches = -o { $keyword }=yes で有効になります
error-config-o-goes-without = -o { $name }={ $off } を付けると、それなしで続行します
error-config-invalid-number-connectionattempts = ConnectionAttempts の回数が正しくありません
error-config-missing-argument = 引数がありません
error-config-extra-arguments-end-line = 行末に余分な引数があります ("{ $args }")
error-config-unsupported-option = "{ $first }" は指定できません
error-config-invalid-environment-name = 環境変数の名前が正しくありません
error-config-none-argument-must-appear = "none" は単独で指定してください
error-config-integer-value-invalid = 整数ではありません
error-config-integer-value-too-small = 整数が小さすぎます
error-config-integer-value-too-large = 整数が大きすぎます
error-config-invalid-time-value = 時間 '{ $value }' が正しくありません
error-config-unsupported-log-level = ログレベル '{ $value }' はありません
error-config-bad-escape-character = エスケープ文字が正しくありません
error-config-bad-number = 数値 '{ $first }' が正しくありません
error-config-rekeylimit-too-small = RekeyLimit が小さすぎます
error-config-invalid-setenv = SetEnv の書き方が正しくありません
error-config-addresses-are-not-checked = 新しい版の ssh と同じく、アドレスは確認しません
error-config-both-fingerprints-are-shown = フィンガープリントは常に両方の形式で表示します
error-config-host-based-authentication-not = ホストベース認証には対応していません
error-config-server-chooses-devices = 認証デバイスはサーバーが選びます
error-config-keystroke-timing-not-obscured = この版では打鍵間隔の隠蔽に対応していません
error-config-pkcs-11-not-supported = PKCS#11 には対応していません
error-config-proxy-passes-descriptor-not = ディスクリプターを渡すプロキシには対応していません
error-config-tunnel-devices-are-not = トンネルデバイスには対応していません
error-config-gssapi-not-supported = GSSAPI には対応していません
error-config-belongs-ssh-1-which = 対応していない SSH-1 の設定です
error-config-place = { $file } の { $line } 行目
error-config-profile = 保存済みセッション { $name }
error-config-brace-not-closed = "${"{"}" に対応する "{"}"}" がありません

## コマンドライン

error-cli-unknown-option = 存在しないオプションです -- { $shown }
error-cli-see-tessh-help = tessh --help をご覧ください
error-cli-option-requires-argument = オプションに引数が必要です -- { $letter }
error-cli-unknown-option-2 = 存在しないオプションです --{ $shown }
error-cli-option-takes-no-argument = 引数を取らないオプションです: { $flag }
error-cli-option-requires-argument-2 = オプションに引数が必要です: { $flag }
error-cli-cannot-specify = { $name } と { $other } は同時に指定できません
error-cli-profile-names-host-none = --profile が接続先を決めるため、ホストは指定できません
error-cli-put-profile-first-word = --profile を先頭に置いてください。その後の語はコマンドになります
error-cli-no-host-named = ホストが指定されていません
error-cli-password-fd-descriptor-number = --password-fd: ディスクリプターは番号で指定します
error-cli-such-3 = たとえば 3 です
error-cli-not-utf-8 = { $what }: UTF-8 ではありません
error-cli-cannot-set-up-terminal = 端末を設定できません: { $error }
error-cli-couldnt-open-logfile = ログファイル { $path } を開けません: { $error }
error-cli-lang-no-such-language = --lang { $value }: この言語はありません
error-cli-there-are-en-ja = en と ja があります
error-cli-you-must-specify-subsystem = サブシステムを指定してください
error-cli-such-s-host-sftp = たとえば -s host sftp です
error-cli-tessh-sessions-connecting-not = { $flag } は tessh sessions のオプションで、接続には使えません
error-cli-cannot-execute-command-line = コマンドラインと設定の両方にコマンドがあるため、実行できません
error-cli-o-remotecommand-none-leaves = -o RemoteCommand=none を付けると、コマンドラインのものだけになります
error-cli-n-command-not-run = -N: コマンドは実行されません
error-cli-no-saved-session-called = '{ $name }' という保存済みセッションはありません
error-cli-tessh-sessions-list-names = tessh sessions list で一覧を表示できます
error-cli-near = 似た名前: { $near }
error-cli-profile-line-not-known = 保存済みセッション { $name } の { $line } 行目: { $key } という項目はなく、適用されません
error-cli-command-not-utf-8 = コマンドが UTF-8 ではありません
error-cli-working-directory-not-utf = { $value }: 作業ディレクトリの名前が UTF-8 ではありません
error-cli-give-path-from-root = ルートからのパスで指定してください
error-cli-not-part-version = { $other } はこの版にはありません
error-cli-tessh-help-lists-what = tessh help で使えるものを表示できます
error-cli-cannot-start = 起動できません: { $error }
error-cli-tessh-stopped-because-fault = tessh 自身の不具合のため停止しました
error-cli-open-descriptor-calling-shell = 呼び出し側のシェルでディスクリプターを開いてください。例: { $flag } 3 3<file
error-cli-what-read-not-utf = 読み取った内容が UTF-8 ではありません
error-cli-unsupported-query = "{ $query }" という問い合わせはありません
error-cli-q-takes = -Q に指定できるのは cipher, cipher-auth, compression, kex, key, key-cert, key-plain, key-sig, mac, protocol-version と、その一覧を取るキーワードです
error-cli-standard-output = 標準出力
error-cli-standard-error = 標準エラー出力
error-cli-standard-input = 標準入力
error-cli-the-terminal = 端末
error-cli-connection-closed = { $host } への接続を終了しました。
error-cli-cannot-use = { $what }を使えません: { $error }
error-cli-pseudo-terminal-will-not = 標準入力が端末ではないため、仮想端末は割り当てられません。
error-cli-port = { $hostname } ポート { $port }
error-cli-destination-not-utf-8 = 接続先が UTF-8 ではありません
error-cli-ssh-protocol-v-1 = SSH プロトコルのバージョン 1 には対応していません
error-cli-completions-shell = 補完はシェルごとに作成します
error-cli-completions-shells = tessh completions の後に bash、zsh、fish のいずれかを指定してください
error-cli-usage = 使い方: tessh [options] [user@]host[:port] [command [argument ...]]

## 端末

error-terminal-what-typed-not-utf = 入力が UTF-8 ではありません
error-terminal-line-too-long = 入力が長すぎます

## デモ

error-demo-cannot-make-key = 鍵を作成できません: { $error }

## 環境

error-cli-no-host = ホストが指定されていません
error-cli-dns-server = TESSH_DNS_SERVER: '{ $shown }' はアドレスではありません
error-cli-dns-server-hint = 192.0.2.1:53 や [2001:db8::1]:53 のように、ポートを付けて書いてください
error-demo-loopback = デモのサーバーはループバックでのみ待ち受けます
error-demo-loopback-hint = 127.0.0.1 か ::1 を使ってください
error-demo-cannot-listen = デモのサーバーは待ち受けできません: { $error }
error-demo-cannot-listen-hint = 別のプログラムがそのポートを使っているのかもしれません。ポート 0 なら空いているものを使います
