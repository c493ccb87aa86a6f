# 踏み台とプロキシ。

route-jump-host = 踏み台 { $host }
route-jump-shown = { $host }（{ $onward } への踏み台）
route-jump-refused = 踏み台 { $name } に拒否されました: { $place }: { $said }
route-jump-refused-silently = 踏み台 { $name } に拒否されました: { $place }
route-jump-check = ホストとポート、および踏み台が転送を許可しているか (AllowTcpForwarding) を確認してください
route-jump-silent = 踏み台 { $name } が時間内に応答しませんでした: { $place }
route-jump-gone = 踏み台 { $name } との接続が切れました: { $why }
route-jump-again = もう一度接続してください
route-loop = jumphost loop via { $host }（踏み台が循環しています）
route-loop-hint = ProxyJump を設定しているブロックより前に Host { $host } のブロックを置き、ProxyJump none を指定してください
route-too-long = 経路上の踏み台が { $limit } 台を超えています

route-command-status = 終了ステータス { $code }
route-command-signal = シグナル { $signal }
route-command-closed = 出力が閉じられました
route-command-ended = プロキシコマンドが終了しました: { $how }
route-command-ended-silently = プロキシコマンドが何も出力せずに終了しました: { $how }

route-proxy = プロキシ { $server }
route-proxy-silent = プロキシが時間内に応答しませんでした
route-proxy-check = プロキシの種類、ホスト、ポートを確認してください
route-proxy-nonsense = 応答した相手は { $kind } のプロキシではありません
route-proxy-closed = プロキシが接続を閉じました
route-proxy-refused = プロキシに接続を拒否されました: { $said }
route-proxy-may-not-allow = プロキシがこのホストまたはポートを許可していない可能性があります
route-proxy-wants-login = プロキシがユーザー名とパスワードを求めています
route-proxy-name-user = ホストの前にユーザー名を指定してください: --proxy http://user@host:port
route-proxy-login-refused = プロキシのユーザー名またはパスワードが正しくありません
route-proxy-login-long = ユーザー名またはパスワードがプロキシには長すぎます
route-proxy-bad-name = このホスト名はプロキシに送れません
route-proxy-password = { $server } のパスワード:
route-proxy-password-cancelled = プロキシのパスワードが入力されませんでした
route-proxy-password-missing = プロキシのパスワードが必要ですが、入力できる人がいません
route-proxy-password-fd = --proxy-password-fd でディスクリプターから読み込めます
route-proxy-and-command = プロキシとプロキシコマンドは同時に指定できません
route-proxy-port = HTTP プロキシのポートを指定してください
route-bad-proxy = "{ $text }" は 種類://[ユーザー@]ホスト[:ポート] の形ではありません（種類: { $known }）
route-password-in-proxy = プロキシのアドレスにパスワードは書けません。接続時に入力してください
route-field-proxy = プロキシサーバー:
route-explain-proxy = プロキシ { $server } を経由します  ({ $origin })
route-explain-hop = { $host }: { $user }@{ $hostname } ポート { $port }
route-told-jump = 踏み台 { $user }@{ $host } ポート { $port }
route-told-command = プログラム { $command }

route-socks4-no-ipv6 = SOCKS 4 で使えるのは IPv4 アドレスだけです
route-socks4-refused = プロキシが接続を拒否したか、接続できませんでした
route-socks5-not-allowed = 規則で許可されていません
route-socks5-host-unreachable = ホストに到達できません
route-socks5-expired = TTL が切れました
route-socks5-address-type = この種類のアドレスに対応していません
route-socks5-code = 理由 { $code }

route-proxy-flag = --proxy: { $fault }
