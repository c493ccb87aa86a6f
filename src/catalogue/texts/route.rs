//! Jump hosts and proxies.

texts! {
    route_jump_host(host)
        en "jump host {host}"
        ja "踏み台 {host}"
    route_jump_host_alone
        en "jump host"
        ja "踏み台"
    route_jump_shown(host, onward)
        en "{host} (jump host on the way to {onward})"
        ja "{host}（{onward} への踏み台）"
    route_jump_refused(name, place, said)
        en "the jump host {name} refused: {place}: {said}"
        ja "踏み台 {name} に拒否されました: {place}: {said}"
    route_jump_refused_silently(name, place)
        en "the jump host {name} refused: {place}"
        ja "踏み台 {name} に拒否されました: {place}"
    route_jump_check
        en "check host and port, and whether the jump host allows forwarding (AllowTcpForwarding)"
        ja "ホストとポート、および踏み台が転送を許可しているか (AllowTcpForwarding) を確認してください"
    route_jump_silent(name, place)
        en "the jump host {name} did not answer in time: {place}"
        ja "踏み台 {name} が時間内に応答しませんでした: {place}"
    route_jump_gone(name, why)
        en "the jump host {name} went away: {why}"
        ja "踏み台 {name} との接続が切れました: {why}"
    route_jump_again
        en "connect again"
        ja "もう一度接続してください"
    route_loop(host)
        en "jumphost loop via {host}"
        ja "jumphost loop via {host}（踏み台が循環しています）"
    route_loop_hint(host)
        en "give the jump host ProxyJump none: a Host {host} block before the one that sets ProxyJump"
        ja "ProxyJump を設定しているブロックより前に Host {host} のブロックを置き、ProxyJump none を指定してください"
    route_too_long(limit)
        en "more than {limit} jump hosts on the way"
        ja "経路上の踏み台が {limit} 台を超えています"
    route_command_status(code)
        en "exit status {code}"
        ja "終了ステータス {code}"
    route_command_signal(signal)
        en "signal {signal}"
        ja "シグナル {signal}"
    route_command_closed
        en "it closed its output"
        ja "出力が閉じられました"
    route_command_ended(how)
        en "the proxy command ended: {how}"
        ja "プロキシコマンドが終了しました: {how}"
    route_command_ended_silently(how)
        en "the proxy command ended before it said anything: {how}"
        ja "プロキシコマンドが何も出力せずに終了しました: {how}"
    route_command_refused(how, words)
        en "the proxy command ended before a connection was made ({how}): {words}"
        ja "接続前にプロキシコマンドが終了しました ({how}): {words}"
    route_proxy(server)
        en "proxy {server}"
        ja "プロキシ {server}"
    route_proxy_unreached(kind)
        en "{kind} proxy"
        ja "{kind} プロキシ"
    route_proxy_silent
        en "the proxy did not answer in time"
        ja "プロキシが時間内に応答しませんでした"
    route_proxy_check
        en "check the kind, host and port of the proxy"
        ja "プロキシの種類、ホスト、ポートを確認してください"
    route_proxy_nonsense(kind)
        en "what answers does not speak {kind}"
        ja "応答した相手は {kind} のプロキシではありません"
    route_proxy_closed
        en "the proxy closed the connection"
        ja "プロキシが接続を閉じました"
    route_proxy_refused(said)
        en "the proxy refused the connection: {said}"
        ja "プロキシに接続を拒否されました: {said}"
    route_proxy_may_not_allow
        en "the proxy may not allow this host or port"
        ja "プロキシがこのホストまたはポートを許可していない可能性があります"
    route_proxy_wants_login
        en "the proxy wants a user name and a password"
        ja "プロキシがユーザー名とパスワードを求めています"
    route_proxy_name_user(proxy)
        en "put the user before the host: --proxy {proxy}"
        ja "ホストの前にユーザー名を指定してください: --proxy {proxy}"
    route_proxy_login_refused
        en "the proxy did not accept the user or the password"
        ja "プロキシのユーザー名またはパスワードが正しくありません"
    route_proxy_login_long
        en "user name or password is too long for the proxy"
        ja "ユーザー名またはパスワードがプロキシには長すぎます"
    route_proxy_bad_name
        en "this host name cannot be sent to a proxy"
        ja "このホスト名はプロキシに送れません"
    route_proxy_password(server)
        en "Password for {server}:"
        ja "{server} のパスワード:"
    route_proxy_password_cancelled
        en "no password for the proxy"
        ja "プロキシのパスワードが入力されませんでした"
    route_proxy_password_missing
        en "the proxy needs a password, and nobody can be asked"
        ja "プロキシのパスワードが必要ですが、入力できる人がいません"
    route_proxy_password_fd
        en "--proxy-password-fd reads it from a descriptor"
        ja "--proxy-password-fd でディスクリプターから読み込めます"
    route_proxy_and_command
        en "a proxy and a proxy command exclude each other"
        ja "プロキシとプロキシコマンドは同時に指定できません"
    route_proxy_port
        en "the port of an HTTP proxy must be named"
        ja "HTTP プロキシのポートを指定してください"
    route_bad_proxy(text, known)
        en "\"{text}\" is not KIND://[user@]host[:port], with {known} as KIND"
        ja "「{text}」は 種類://[ユーザー@]ホスト[:ポート] の形ではありません（種類: {known}）"
    route_password_in_proxy
        en "a password does not belong in the address of a proxy: it is asked for"
        ja "プロキシのアドレスにパスワードは書けません。接続時に入力してください"
    route_field_proxy
        en "Proxy server:"
        ja "プロキシサーバー:"
    route_explain_proxy(server, origin)
        en "through the proxy {server}  ({origin})"
        ja "プロキシ {server} を経由します  ({origin})"
    route_explain_hop(host, user, hostname, port)
        en "{host} is {user}@{hostname} port {port}"
        ja "{host}: {user}@{hostname} ポート {port}"
    route_told_jump(user, host, port)
        en "jump host {user}@{host} port {port}"
        ja "踏み台 {user}@{host} ポート {port}"
    route_told_command(command)
        en "program {command}"
        ja "プログラム {command}"
    route_socks4_no_ipv6
        en "SOCKS 4 knows only IPv4 addresses"
        ja "SOCKS 4 で使えるのは IPv4 アドレスだけです"
    route_socks4_refused
        en "the proxy refused the connection or could not make it"
        ja "プロキシが接続を拒否したか、接続できませんでした"
    route_socks5_not_allowed
        en "not allowed by its rules"
        ja "規則で許可されていません"
    route_socks5_host_unreachable
        en "host unreachable"
        ja "ホストに到達できません"
    route_socks5_expired
        en "TTL expired"
        ja "TTL が切れました"
    route_socks5_address_type
        en "it does not know this kind of address"
        ja "この種類のアドレスに対応していません"
    route_socks5_code(code)
        en "reason {code}"
        ja "理由 {code}"
    route_proxy_flag(fault)
        en "--proxy: {fault}"
        ja "--proxy: {fault}"
    route_saved_proxy(name, fault)
        en "the proxy of the saved session {name}: {fault}"
        ja "保存済みセッション {name} のプロキシ: {fault}"
}
