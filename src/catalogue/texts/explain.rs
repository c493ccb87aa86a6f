//! tessh explain.

texts! {
    explain_route(host)
        en "Connecting to {host}"
        ja "{host} への接続"
    explain_user(value, origin)
        en "user {value}  ({origin})"
        ja "ユーザー {value}  ({origin})"
    explain_hostname(value, origin)
        en "host name {value}  ({origin})"
        ja "ホスト名 {value}  ({origin})"
    explain_port(value, origin)
        en "port {value}  ({origin})"
        ja "ポート {value}  ({origin})"
    explain_jump(value, origin)
        en "by way of {value}  ({origin})"
        ja "踏み台 {value} を経由します  ({origin})"
    explain_proxy(command, origin)
        en "through the program {command}  ({origin})"
        ja "プログラム {command} を経由します  ({origin})"
    explain_direct
        en "directly, by TCP"
        ja "TCP で直接接続します"
    explain_bind(value)
        en "from {value}"
        ja "接続元 {value}"
    explain_sources
        en "Where settings come from, the strongest first"
        ja "設定の出どころ（優先順）"
    explain_source_typed
        en "the command line"
        ja "コマンドライン"
    explain_source_profile(name, file)
        en "the saved session {name}, {file}"
        ja "保存済みセッション {name}、{file}"
    explain_source_missing(file)
        en "{file} (does not exist)"
        ja "{file}（ありません）"
    explain_hidden_session(name, line, origin)
        en "The saved session {name} is not used: {line} names it ({origin}). --profile {name} would use it."
        ja "保存済みセッション {name} は使われません。{line}（{origin}）が同じ名前を指しているためです。使うには --profile {name} と指定してください"
    explain_hidden_host(line, origin, name)
        en "{line} ({origin}) is not used: --profile takes the saved session {name}."
        ja "{line}（{origin}）は使われません。--profile で保存済みセッション {name} が指定されているためです"
    explain_settings
        en "Settings that are not the default"
        ja "既定値ではない設定"
    explain_settings_none
        en "none"
        ja "ありません"
    explain_overrode(value, origin)
        en "instead of {value}  ({origin})"
        ja "{value} は使われません  ({origin})"
    explain_blocks
        en "Host and Match blocks (+ applies, - does not)"
        ja "Host と Match のブロック（+ 適用、- 不適用）"
    explain_blocks_none
        en "none"
        ja "ありません"
    explain_why_pattern(what)
        en "the pattern {what} matches"
        ja "パターン {what} に一致します"
    explain_why_negated(what)
        en "{what} excludes the host"
        ja "{what} によって除外されます"
    explain_why_no_pattern
        en "no pattern matches"
        ja "一致するパターンがありません"
    explain_why_all
        en "all criteria hold"
        ja "すべての条件を満たします"
    explain_why_outside
        en "its file is included by a block that does not apply"
        ja "このファイルを読み込むブロックが適用されません"
    explain_why_criterion(what)
        en "{what} does not hold"
        ja "条件 {what} を満たしません"
    explain_why_criterion_value(what, actual)
        en "{what} does not hold: it is {actual}"
        ja "条件 {what} を満たしません。実際の値は {actual} です"
    explain_second_reading
        en "(in the second reading)"
        ja "（二度目の読み込み）"
    explain_authentication
        en "Authentication"
        ja "認証"
    explain_unsettled
        en "not settled, since connecting is refused"
        ja "接続が拒否されるため、決まりません"
    explain_methods(methods)
        en "method: {methods}, and no other"
        ja "認証方式: {methods}（ほかの方式は試しません）"
    explain_methods_by(methods, origin)
        en "method: {methods}, and no other  ({origin})"
        ja "認証方式: {methods}（ほかの方式は試しません）  ({origin})"
    explain_asked
        en "you are asked which method to use"
        ja "どの認証方式を使うかを尋ねます"
    explain_remembered_as(method, user)
        en "{method} as {user}"
        ja "{method}（ユーザー {user}）"
    explain_remembered_with(method, key, user)
        en "{method} with {key} as {user}"
        ja "{method}、鍵 {key}（ユーザー {user}）"
    explain_remembered_some_day
        en "an earlier day"
        ja "以前"
    explain_remembered_next(what, day, way)
        en "next time: {what}, without the dialog; remembered on {day} ({way} brings the dialog, where the box can be unticked)"
        ja "次回: {what}（ダイアログなし。{day} に記憶。{way} でダイアログが出て、チェックを外せます）"
    explain_remembered_last(what, day)
        en "last time: {what}, on {day}; it is not used by itself"
        ja "前回: {what}（{day}）。自動では使いません"
    explain_key(file, origin)
        en "key {file}  ({origin})"
        ja "鍵 {file}  ({origin})"
    explain_key_shown(file, algorithm, fingerprint, origin)
        en "key {file}: {algorithm} {fingerprint}  ({origin})"
        ja "鍵 {file}: {algorithm} {fingerprint}  ({origin})"
    explain_key_locked(file, algorithm, fingerprint, origin)
        en "key {file}: {algorithm} {fingerprint}, needs its passphrase  ({origin})"
        ja "鍵 {file}: {algorithm} {fingerprint}（パスフレーズが必要です）  ({origin})"
    explain_key_fault(fault, origin)
        en "{fault}  ({origin})"
        ja "{fault}  ({origin})"
    explain_hop_key(file)
        en "key {file}"
        ja "鍵 {file}"
    explain_key_missing(file, origin)
        en "key {file}, which does not exist  ({origin})"
        ja "鍵 {file}（ファイルがありません）  ({origin})"
    explain_certificate(file)
        en "certificate {file}"
        ja "証明書 {file}"
    explain_agent(socket)
        en "agent {socket}, whose keys are only offered when they are chosen"
        ja "エージェント {socket}（その鍵は、選んだときだけ提示します）"
    explain_agent_offered(socket)
        en "agent {socket}, whose keys are offered"
        ja "エージェント {socket}（その鍵を提示します）"
    explain_agent_used(socket)
        en "agent {socket}, of which one key is offered"
        ja "エージェント {socket}（その鍵を一つだけ提示します）"
    explain_agent_key(algorithm, fingerprint, comment)
        en "{algorithm} {fingerprint} {comment}"
        ja "{algorithm} {fingerprint} {comment}"
    explain_agent_key_chosen(algorithm, fingerprint, comment)
        en "{algorithm} {fingerprint} {comment} (this one)"
        ja "{algorithm} {fingerprint} {comment}（この鍵）"
    explain_trust(name)
        en "Trust in the host key of {name}"
        ja "{name} のホスト鍵の信頼"
    explain_policy(value, origin)
        en "StrictHostKeyChecking {value}  ({origin})"
        ja "StrictHostKeyChecking {value}  ({origin})"
    explain_file(file)
        en "searched: {file}"
        ja "調べるファイル: {file}"
    explain_file_missing(file)
        en "searched: {file} (does not exist)"
        ja "調べるファイル: {file}（ありません）"
    explain_known_key(algorithm, fingerprint, at)
        en "known: {algorithm} {fingerprint}, {at}"
        ja "登録済みの鍵: {algorithm} {fingerprint}、{at}"
    explain_authority(algorithm, fingerprint, at)
        en "authority: {algorithm} {fingerprint}, {at}"
        ja "認証局: {algorithm} {fingerprint}、{at}"
    explain_record(name, algorithm, fingerprint, validity, at)
        en "authority {name}: {algorithm} {fingerprint}, trusted for {validity}, {at}"
        ja "認証局 {name}: {algorithm} {fingerprint}、対象 {validity}、{at}"
    explain_record_fault(fault)
        en "{fault}: this record counts for nothing"
        ja "{fault}: この記録は使われません"
    explain_pin(pin, from)
        en "only this key is taken: {pin}  ({from})"
        ja "この鍵だけを受け入れます: {pin} ({from})"
    explain_revoked(algorithm, fingerprint, at)
        en "revoked: {algorithm} {fingerprint}, {at}"
        ja "失効した鍵: {algorithm} {fingerprint}、{at}"
    explain_unknown_host
        en "no line is about this host"
        ja "このホストについての行はありません"
    explain_dns(origin)
        en "VerifyHostKeyDNS no: the DNS is not asked for SSHFP records  ({origin})"
        ja "VerifyHostKeyDNS no: DNS に SSHFP レコードを問い合わせません  ({origin})"
    explain_dns_ask(origin)
        en "VerifyHostKeyDNS ask: SSHFP records in the DNS are shown, and accept nothing alone  ({origin})"
        ja "VerifyHostKeyDNS ask: DNS の SSHFP レコードを表示しますが、それだけでは受け入れません  ({origin})"
    explain_dns_yes(origin)
        en "VerifyHostKeyDNS yes: a key that SSHFP records prove by DNSSEC is accepted  ({origin})"
        ja "VerifyHostKeyDNS yes: DNSSEC で証明された SSHFP レコードと一致する鍵を受け入れます  ({origin})"
    explain_revoked_list(file, origin)
        en "RevokedHostKeys {file}  ({origin})"
        ja "RevokedHostKeys {file}  ({origin})"
    explain_revoked_list_missing(file, origin)
        en "RevokedHostKeys {file} cannot be read: every host is refused  ({origin})"
        ja "RevokedHostKeys {file} を読めないため、すべてのホストを拒否します  ({origin})"
    explain_known_hosts_command(command, origin)
        en "KnownHostsCommand {command}: its lines count as known_hosts  ({origin})"
        ja "KnownHostsCommand {command}: 出力行を known_hosts として扱います  ({origin})"
    explain_warnings
        en "Warnings"
        ja "警告"
    explain_refused
        en "Connecting would be refused"
        ja "接続は拒否されます"
}
