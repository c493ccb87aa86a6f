# config: what is wrong with a configuration

config-bad-forward = 転送の指定 '{ $text }' が正しくありません
config-bad-stdio-forward = 標準入出力の転送先の指定 '{ $text }' が正しくありません
config-missing-target = 転送先の引数がありません。
config-bad-jump = ProxyJump "{ $text }" が正しくありません
config-match-all = 'all' は Match のほかの条件と組み合わせられません
config-match-missing = Match の { $name } に値がありません
config-match-empty = キーワードの後に引数がありません
config-match-unknown = Match の条件 { $name } には対応していません
config-match-exec = exec "{ $command }": { $reason }
config-match-exec-late = exec "{ $command }": { $seconds } 秒たっても終わりません
config-bad-network = "{ $entry }" はアドレスでもネットワークでもありません
config-no-interfaces = このマシンのアドレスを読み取れません: { $reason }
config-not-canonical = ホスト "{ $host }" は CanonicalDomains のどのドメインにも見つかりません
config-bad-arguments = 引数の数が正しくありません
config-unsupported = "{ $value }" という値には対応していません。
config-bad-channel-timeout = タイムアウト "{ $value }" が正しくありません。「種類=時間」と書きます
config-bad-tunnel = トンネルデバイス "{ $value }" が正しくありません。
config-bad-facility = ログファシリティ '{ $value }' には対応していません
config-alone = 引数 "{ $word }" は単独で指定します。
config-bad-domain = ドメイン名 "{ $domain }" に使えない文字があります
config-bad-cname = CNAME の規則 "{ $rule }" が正しくありません
config-bad-mask = マスクが正しくありません。
config-bad-place = ホストまたはポート番号 "{ $value }" が正しくありません
config-no-gssapi = GSSAPI には対応していません
config-no-command-to-fork = 実行するコマンドがないため、バックグラウンドに移れません。
config-control-with-stdio = -W と -O は同時に指定できません
config-bad-control = -O "{ $word }" というコマンドはありません
config-stdio-twice = -W が二度指定されています
config-jump-twice = -J は一度だけ指定できます（踏み台が複数あるときはコンマで区切ります）
config-bad-spec = SSH2 の { $kind } '{ $list }' が正しくありません。
config-bad-key-types = 鍵の種類 '{ $list }' が正しくありません。
config-acts-in-shell = %{ $token } の値 ("{ $value }") に、シェルが解釈する文字が含まれています
config-local-command-failed = LocalCommand { $shown }: { $error }
