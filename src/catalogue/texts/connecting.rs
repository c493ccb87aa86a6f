//! From the first address to the key exchange, and the host key that is shown there.

texts! {
    connecting_title
        en "Connecting"
        ja "接続中"
    connecting_to(host)
        en "Connecting to {host}"
        ja "{host} に接続しています"
    connecting_resolve
        en "Name"
        ja "名前の解決"
    connecting_connect
        en "Connection"
        ja "接続"
    connecting_key_exchange
        en "Key exchange"
        ja "鍵交換"
    connecting_host_key
        en "Host key"
        ja "ホスト鍵"
    connecting_login
        en "Login"
        ja "ログイン"
    connecting_seconds(seconds)
        en "{seconds} s"
        ja "{seconds} 秒"
    connecting_given_up
        en "connecting was cancelled"
        ja "接続を取り消しました"
    algorithms_bad_spec(what, spec)
        en "Bad SSH2 {what} spec '{spec}'"
        ja "{what}の指定「{spec}」が正しくありません"
    algorithms_known(keyword, family)
        en "{keyword} takes: {family}"
        ja "{keyword} に指定できるもの: {family}"
    algorithms_missing(keyword, names)
        en "{keyword}: tessh does not have {names}"
        ja "{keyword}: {names} は tessh にありません"
    algorithms_left_out(keyword, names)
        en "{keyword}: tessh does not have {names}; the others are used"
        ja "{keyword}: {names} は tessh にないため、ほかのものを使います"
    session_not_opened_in_time
        en "the server did not open a session in time"
        ja "サーバーが時間内にセッションを開きませんでした"
    session_not_opened_in_time_hint
        en "it may be overloaded; try again"
        ja "混雑しているのかもしれません。もう一度お試しください"
    session_refused_because(said)
        en "the server refused to open a session: {said}"
        ja "サーバーがセッションを開くことを拒否しました: {said}"
    session_refused_forwarding_only_hint
        en "it may allow forwarding only: try -N"
        ja "転送だけが許可されているのかもしれません。-N をお試しください"
    session_refused_no_room_hint
        en "it has no room for another session now: close one, or try again later"
        ja "今はこれ以上セッションを開けません。ほかを閉じるか、時間をおいてお試しください"
    connection_lost
        en "the connection was lost"
        ja "接続が失われました"
    session_refused
        en "the server refused to open a session"
        ja "サーバーがセッションを開くことを拒否しました"
    session_refused_hint
        en "the server's log may say why"
        ja "サーバーのログに理由があるかもしれません"
    connect_timed_out(place)
        en "{place}: Connection timed out"
        ja "{place}: 時間切れです"
    connect_timed_out_hint
        en "check that the host is up and the port is reachable from here"
        ja "ホストが動いていて、ここからポートに届くか確認してください"
    connect_failed(host, port)
        en "connect to host {host} port {port}"
        ja "ホスト {host} のポート {port} に接続できません"
    bind_address_label
        en "local address (-b, BindAddress)"
        ja "ローカルアドレス (-b, BindAddress)"
    bind_interface_label
        en "interface (-B, BindInterface)"
        ja "インターフェース (-B, BindInterface)"
    bind_failed_hint
        en "name one that this machine has: ip address lists them"
        ja "このマシンにあるものを指定してください (一覧: ip address)"
    no_address_to_try
        en "no address to try"
        ja "接続できるアドレスがありません"
    connect_failed_hint
        en "check host and port, and that an SSH server listens there"
        ja "ホストとポートが正しいか、そこで SSH サーバーが動いているか確認してください"
    no_address_of_family
        en "it has no address of the family asked for"
        ja "指定された種類のアドレスがありません"
    resolve_failed(host, why)
        en "Could not resolve hostname {host}: {why}"
        ja "ホスト名 {host} のアドレスが分かりません: {why}"
    resolve_failed_hint
        en "check the spelling and the name service"
        ja "綴りと名前解決の設定を確認してください"
    proxy_command_not_started(reason)
        en "the proxy command did not start: {reason}"
        ja "プロキシコマンドを起動できませんでした: {reason}"
    proxy_command_not_started_hint
        en "check ProxyCommand"
        ja "ProxyCommand を確認してください"
    proxy_said(line)
        en "proxy: {line}"
        ja "プロキシ: {line}"
    proxy_program_not_started(name, reason)
        en "the proxy program {name} did not start: {reason}"
        ja "プロキシプログラム {name} を起動できませんでした: {reason}"
    proxy_program_not_started_hint
        en "check that the program is installed, and its path"
        ja "プログラムがインストールされているか、パスが正しいか確認してください"
    proxy_program_ended_hint(name)
        en "check what {name} needs to reach the host"
        ja "{name} がホストに接続するために必要なものを確認してください"
    disconnected_by_server(said)
        en "the server ended the connection: {said}"
        ja "サーバーが接続を終了しました: {said}"
    disconnected_with_code(code)
        en "reason {code}, without a word"
        ja "理由 {code} (説明なし)"
    disconnected_without_words
        en "the server ended the connection without giving a reason"
        ja "サーバーが理由を示さずに接続を終了しました"
    protocol_broken
        en "the server broke the protocol: a message in the wrong place, or a goodbye with a reason that SSH does not have"
        ja "サーバーがプロトコルに反しました: その時点で許されないメッセージか、SSH にない理由での切断です"
    rekey_postponed
        en "the server went on sending data when new keys were due"
        ja "鍵を交換すべきときに、サーバーがデータを送り続けました"
    rekey_postponed_hint
        en "connect again; a larger RekeyLimit makes this rarer"
        ja "接続し直してください。RekeyLimit を大きくすると起こりにくくなります"
    rekey_unanswered
        en "the server did not exchange new keys in time"
        ja "サーバーが時間内に新しい鍵を交換しませんでした"
    session_unanswered(program)
        en "the server did not answer the {program} request in time"
        ja "サーバーが時間内に {program} の要求に応答しませんでした"
    host_key_signature_wrong
        en "the server could not prove that it holds its host key: its signature is wrong"
        ja "サーバーはホスト鍵の持ち主であることを証明できませんでした。署名が正しくありません"
    somebody_between_hint
        en "somebody may be between you and the server"
        ja "サーバーとの間に第三者がいるおそれがあります"
    host_key_type_changed(before, now)
        en "the server proved a key of type {now} when keys were exchanged again, and one of type {before} before"
        ja "鍵を交換し直したとき、サーバーは以前の {before} ではなく {now} の鍵を証明しました"
    host_key_changed_within
        en "the server proved another host key when keys were exchanged again"
        ja "鍵を交換し直したとき、サーバーは以前とは別のホスト鍵を証明しました"
    packet_bad_length(size)
        en "the server sent a bad packet: length {size}"
        ja "サーバーから不正なパケットが届きました: 長さ {size}"
    packet_bad_length_hint
        en "the connection is damaged, or this is not an SSH server"
        ja "通信が壊れているか、SSH サーバーではありません"
    packet_padding_only
        en "the server sent a bad packet: more padding than it has bytes"
        ja "サーバーから不正なパケットが届きました: パディングがパケットより長くなっています"
    packet_not_unpacked(error)
        en "the server sent a bad packet: it cannot be uncompressed ({error})"
        ja "サーバーから不正なパケットが届きました: 展開できません ({error})"
    rekey_broken
        en "the server's part of the exchange of new keys is not valid"
        ja "鍵の再交換でサーバーが送ってきた内容が正しくありません"
    packet_bad_padding(size, padding)
        en "the server sent a bad packet: {padding} of padding in a length of {size}"
        ja "サーバーから不正なパケットが届きました: 長さ {size} に対してパディングが {padding} です"
    kex_message_early(message)
        en "the server sent message {message} before the keys were exchanged"
        ja "サーバーが鍵交換の終わる前にメッセージ {message} を送ってきました"
    kex_message_unexpected(message)
        en "the server sent {message} at the wrong time in the key exchange"
        ja "サーバーが鍵交換の途中で、順序の違う {message} を送ってきました"
    kex_message_malformed(message)
        en "the server's {message} is malformed"
        ja "サーバーの {message} の形式が正しくありません"
    kex_message_too_long(message)
        en "the server's {message} is too long"
        ja "サーバーの {message} が長すぎます"
    kex_share_invalid(kex)
        en "the server's half of the key exchange ({kex}) is not valid"
        ja "鍵交換 ({kex}) でサーバーが送ってきた値が正しくありません"
    kex_key_unreadable(why)
        en "the server's host key, or its signature, cannot be read ({why})"
        ja "サーバーのホスト鍵か署名を読み取れません ({why})"
    host_key_with_more
        en "the server's host key has bytes behind it that are no part of it"
        ja "サーバーのホスト鍵の後ろに、鍵ではないバイトがあります"
    kex_group_invalid
        en "the server chose numbers for the key exchange that are no group"
        ja "サーバーが鍵交換に選んだ数は群になっていません"
    kex_group_size(bits, min, max)
        en "the server chose a group of {bits} bits for the key exchange, outside {min} to {max}"
        ja "サーバーが鍵交換に {bits} ビットの群を選びました。使えるのは {min} から {max} ビットです"
    kex_group_size_hint
        en "-o KexAlgorithms=-diffie-hellman-group-exchange-* has it use another method"
        ja "-o KexAlgorithms=-diffie-hellman-group-exchange-* を付けると、ほかの方式が使われます"
    kex_broken_hint
        en "the server is faulty, or somebody changes what it sends: tell its administrator"
        ja "サーバーに問題があるか、途中で通信が書き換えられています。サーバーの管理者に知らせてください"
    packet_corrupted
        en "a packet arrived corrupted: message authentication code incorrect"
        ja "壊れたパケットが届きました。メッセージ認証コードが一致しません"
    packet_corrupted_hint
        en "the connection is damaged or tampered with; connect again"
        ja "通信が壊れているか、改ざんされています。接続し直してください"
    strict_kex_violated(message_type)
        en "the server broke strict key exchange with message {message_type}"
        ja "サーバーが鍵交換の手順 (strict KEX) に反しました (メッセージ {message_type})"
    keepalive_timeout
        en "Timeout, server not responding to keepalives"
        ja "生存確認にサーバーが応答せず、時間切れになりました"
    keepalive_timeout_hint
        en "ServerAliveInterval and ServerAliveCountMax set the limit"
        ja "制限は ServerAliveInterval と ServerAliveCountMax で決まります"
    auth_nothing_left
        en "the server accepts nothing more"
        ja "サーバーが受け付ける認証方式はもうありません"
    connection_closed_by_server
        en "the connection was closed by the server"
        ja "サーバーが接続を閉じました"
    message_unreadable(error)
        en "the server sent a message that cannot be read ({error})"
        ja "サーバーから読み取れないメッセージが届きました ({error})"
    message_not_utf8
        en "the server sent text that is not UTF-8"
        ja "サーバーから UTF-8 ではない文字列が届きました"
    message_not_utf8_hint
        en "most likely its banner, or its reason to end the connection, is in an older encoding such as Latin-1: have it written in UTF-8 there"
        ja "バナーか切断の理由が Latin-1 などの古い文字コードである可能性が高いです。サーバー側で UTF-8 にしてもらってください"
    algorithm_no_match(what, theirs, ours)
        en "no matching {what} found. Their offer: {theirs}; ours: {ours}"
        ja "一致する{what}がありません。サーバー側: {theirs}、こちら側: {ours}"
    algorithm_no_match_hint(keyword)
        en "-o {keyword}=+NAME adds one of theirs where tessh has it"
        ja "tessh が対応していれば、-o {keyword}=+NAME でサーバー側のものを追加できます"
    cipher_of_one_direction(to, from)
        en "the server takes the cipher {to} and sends {from}, and tessh has one for both directions"
        ja "サーバーは受信に {to}、送信に {from} を使いますが、tessh は両方向で同じ暗号を使います"
    cipher_of_one_direction_hint
        en "-o Ciphers=NAME names one that the server has both ways"
        ja "-o Ciphers=名前 で、サーバーが両方向で使えるものを指定してください"
    compression_no_match_hint
        en "-o Compression=yes offers zlib@openssh.com; the server's administrator can allow none"
        ja "-o Compression=yes を付けると zlib@openssh.com も使えます。サーバーの管理者は none を許可できます"
    greeting_line_too_long
        en "its greeting has a line of more than 255 bytes"
        ja "挨拶に 255 バイトを超える行があります"
    greeting_http
        en "an HTTP server answered"
        ja "HTTP サーバーが応答しました"
    greeting_tls
        en "a TLS server answered"
        ja "TLS サーバーが応答しました"
    greeting_telnet
        en "a telnet server answered"
        ja "telnet サーバーが応答しました"
    greeting_other_hint(protocol)
        en "a server of another protocol ({protocol}) begins like that: check host and port"
        ja "これは別のプロトコル ({protocol}) のサーバーの始まり方です。ホストとポートを確認してください"
    greeting_too_many_lines
        en "it sent more than 20 lines without an SSH greeting"
        ja "SSH の挨拶がないまま 20 行を超えました"
    connection_closed
        en "the connection was closed"
        ja "接続が閉じられました"
    greeting_ssh1(shown)
        en "the server speaks only SSH-1 ({shown}), which is broken and not supported"
        ja "サーバーが対応しているのは SSH-1 ({shown}) だけです。安全ではないため、tessh は使いません"
    greeting_ssh1_hint
        en "ask for SSH-2 to be enabled on the server"
        ja "サーバーで SSH-2 を有効にするよう依頼してください"
    greeting_wrong_version
        en "its protocol version is not 2.0"
        ja "プロトコルのバージョンが 2.0 ではありません"
    greeting_unprintable
        en "its identification has unprintable characters"
        ja "名乗りに表示できない文字が含まれています"
    greeting_not_ssh(what, shown)
        en "this is not an SSH server: {what}: \"{shown}\""
        ja "SSH サーバーではありません: {what}: 「{shown}」"
    check_host_and_port
        en "check host and port"
        ja "ホストとポートを確認してください"
    ended_before_greeting(how)
        en "{how} before any SSH greeting"
        ja "SSH の挨拶を受け取る前に終わりました: {how}"
    ended_before_greeting_hint
        en "check host and port; the server may be refusing this address"
        ja "ホストとポートを確認してください。サーバーがこのアドレスを拒否しているのかもしれません"
    ended_before_greeting_after(how, shown)
        en "{how} before the SSH greeting; the server said \"{shown}\""
        ja "SSH の挨拶を受け取る前に終わりました: {how}。サーバーの言葉: 「{shown}」"
    greeting_penalised_hint
        en "the server turns this address away for a while after failed logins; wait some minutes before the next one"
        ja "ログインに何度か失敗したため、サーバーはしばらくこのアドレスからの接続を断っています。数分待ってからお試しください"
    greeting_overloaded_hint
        en "if it is overloaded, try again later"
        ja "混雑しているのであれば、後でもう一度お試しください"
    greeting_silent
        en "it said nothing"
        ja "何も届きませんでした"
    greeting_only_said(heard)
        en "it only said \"{heard}\""
        ja "届いたのはこれだけです: 「{heard}」"
    greeting_timed_out(said)
        en "Connection timed out during banner exchange: {said}"
        ja "SSH の挨拶を待つ間に時間切れになりました: {said}"
    greeting_timed_out_hint
        en "check host and port, or try again later"
        ja "ホストとポートを確認するか、後でもう一度お試しください"
    os_connection_reset
        en "Connection reset by peer"
        ja "相手が接続を打ち切りました"
    os_connection_refused
        en "Connection refused"
        ja "接続が拒否されました"
    os_connection_timed_out
        en "Connection timed out"
        ja "時間切れです"
    os_no_route
        en "No route to host"
        ja "ホストへの経路がありません"
    os_network_unreachable
        en "Network is unreachable"
        ja "ネットワークに届きません"
    os_broken_pipe
        en "Broken pipe"
        ja "相手がすでに閉じています"
    passphrase_wrong(path)
        en "{path}: wrong passphrase"
        ja "{path}: パスフレーズが違います"
    passphrase_nothing_sent_hint
        en "nothing was sent to the server"
        ja "サーバーには何も送っていません"
    passphrase_ask(path)
        en "Enter passphrase for key '{path}': "
        ja "鍵「{path}」のパスフレーズ: "
    passphrase_ask_again(path)
        en "Wrong passphrase. Enter passphrase for key '{path}': "
        ja "パスフレーズが違います。鍵「{path}」のパスフレーズ: "
    passphrase_not_given(path)
        en "{path}: no passphrase given"
        ja "{path}: パスフレーズが入力されませんでした"
    passphrase_nobody_to_ask(path)
        en "{path} needs a passphrase and nobody can be asked"
        ja "{path} にはパスフレーズが必要ですが、尋ねる相手がいません"
    passphrase_nobody_to_ask_hint
        en "add it to the agent with ssh-add, or run on a terminal without BatchMode"
        ja "ssh-add でエージェントに追加するか、BatchMode を使わずに端末で実行してください"
    key_cannot_sign(error)
        en "the key could not sign: {error}"
        ja "鍵で署名できませんでした: {error}"
    host_key_algorithm_none
        en "no host key algorithm was agreed on"
        ja "ホスト鍵のアルゴリズムが合意されていません"
    host_key_reply_unreadable
        en "its key exchange reply could not be read"
        ja "鍵交換の応答を読み取れませんでした"
    host_key_other_type_sent(negotiated, key_type)
        en "it agreed on {negotiated} and sent a key of type {key_type}"
        ja "{negotiated} に合意しながら、{key_type} の鍵を送ってきました"
    host_key_signed_otherwise(negotiated, signature)
        en "it agreed on {negotiated} and signed with {signature}"
        ja "{negotiated} に合意しながら、{signature} で署名しました"
    not_post_quantum
        en "** WARNING: connection is not using a post-quantum key exchange algorithm."
        ja "** 警告: この接続の鍵交換方式は耐量子計算機暗号ではありません。"
    not_post_quantum_means
        en "** This session may be vulnerable to \"store now, decrypt later\" attacks."
        ja "** このセッションは、記録しておいて後で解読する攻撃に対して弱い可能性があります。"
    not_post_quantum_hint
        en "** The server may need to be upgraded. See https://openssh.com/pq.html"
        ja "** サーバーの更新が必要かもしれません。https://openssh.com/pq.html をご覧ください"
    post_quantum_not_shared(theirs, ours)
        en "not a post-quantum key exchange: the server has {theirs}, and tessh has {ours}"
        ja "耐量子の鍵交換ではありません。サーバーにあるのは {theirs}、tessh にあるのは {ours} です"
    algorithm_legacy(what, name, keyword)
        en "{what} {name}: old and weak, and used because {keyword} names it; take it out once the server has a better one"
        ja "{what} {name}: 古くて弱い方式ですが、{keyword} に指定されているため使います。サーバーがより良い方式に対応したら外してください"
    compression_only_zlib
        en "Compression yes: nothing is compressed, for the server has only zlib, which unpacks before the login, and not zlib@openssh.com"
        ja "Compression yes: 圧縮されません。サーバーにあるのはログイン前に展開を始める zlib だけで、zlib@openssh.com がありません"
    host_key_unproved(what)
        en "the server could not prove its identity: {what}"
        ja "サーバーは本人であることを証明できませんでした: {what}"
    host_key_unproved_hint
        en "this is no fault of yours: tell the server's administrator"
        ja "あなたの操作の問題ではありません。サーバーの管理者に知らせてください"
    connection_line(kex, host_key, cipher, how)
        en "  {kex} {host_key} {cipher}, authenticated by {how}"
        ja "  {kex} {host_key} {cipher}、認証: {how}"
    pty_refused
        en "PTY allocation request failed on channel 0"
        ja "サーバーが仮想端末の割り当てを拒否しました (チャネル 0)"
    channel_request_refused(program)
        en "{program} request failed on channel 0"
        ja "{program} の要求が拒否されました (チャネル 0)"
    channel_request_refused_hint
        en "the server does not allow it for this user"
        ja "サーバーはこのユーザーに許可していません"
    subsystem_refused(name)
        en "the server refused the subsystem {name}"
        ja "サーバーがサブシステム {name} を拒否しました"
    subsystem_refused_hint(name)
        en "the server may not offer it, or not to this user: see \"Subsystem {name}\" in its sshd_config"
        ja "サーバーが提供していないか、このユーザーには許可していません。サーバーの sshd_config の「Subsystem {name}」を確認してください"
    subsystem_ended(name, how)
        en "the server's {name} program ended early: {how}"
        ja "サーバーの {name} プログラムが途中で終了しました: {how}"
    subsystem_ended_saying(name, how, said)
        en "the server's {name} program ended early: {how}; it said: {said}"
        ja "サーバーの {name} プログラムが途中で終了しました: {how}。出力: {said}"
    subsystem_ended_hint(name)
        en "check what \"Subsystem {name}\" in the server's sshd_config starts"
        ja "サーバーの sshd_config の「Subsystem {name}」が起動するプログラムを確認してください"
    subsystem_status(status)
        en "status {status}"
        ja "終了ステータス {status}"
    subsystem_signal(signal)
        en "signal {signal}"
        ja "シグナル {signal}"
    subsystem_output_over
        en "it sends nothing more"
        ja "これ以上何も送ってきません"
    subsystem_closed
        en "the channel was closed"
        ja "チャネルが閉じられました"
    stdout_failed(reason)
        en "cannot write to standard output: {reason}"
        ja "標準出力に書き込めません: {reason}"
    stdout_failed_hint
        en "the rest of the output is lost"
        ja "残りの出力は失われました"
    kex_too_slow
        en "the key exchange took too long"
        ja "鍵交換に時間がかかりすぎました"
    kex_too_slow_hint
        en "the server or the network is overloaded; try again, or set ConnectTimeout"
        ja "サーバーかネットワークが混雑しています。もう一度試すか、ConnectTimeout を設定してください"
    host_key_rsa_short(bits)
        en "the server's RSA key has only {bits} bits"
        ja "サーバーの RSA 鍵は {bits} ビットしかありません"
    host_key_rsa_short_hint(least)
        en "have the server make a key of at least {least} bits"
        ja "サーバーで {least} ビット以上の鍵を作成してもらってください"
    host_key_restricted(fact)
        en "{fact}, and StrictHostKeyChecking is no: passwords, keyboard-interactive and forwarding are off for this connection"
        ja "{fact}。StrictHostKeyChecking が no のため接続しますが、この接続では password、keyboard-interactive、転送を使えません"
    fingerprint_typed_differs
        en "the fingerprint typed is not the one of this key"
        ja "入力されたフィンガープリントはこの鍵のものではありません"
    host_key_disconnected
        en "Disconnected. Nothing was sent or saved."
        ja "切断しました。何も送信・保存していません。"
    host_key_nowhere_to_save
        en "no UserKnownHostsFile is set: the key was not saved"
        ja "UserKnownHostsFile の指定がないため、鍵は保存されませんでした"
    host_key_replaced(shown)
        en "Replaced the key of {shown} in the list of known hosts."
        ja "{shown} の鍵をknown hosts リストで置き換えました。"
    host_key_added(shown)
        en "Permanently added {shown} to the list of known hosts."
        ja "{shown} をknown hosts リストに追加しました。"
    host_key_not_added(error)
        en "Failed to add the host to the list of known hosts: {error}"
        ja "ホストをknown hosts リストに追加できませんでした: {error}"
    host_key_refused(reason)
        en "Host key verification failed: {reason}"
        ja "ホスト鍵を確認できませんでした: {reason}"
    host_key_other_than_before
        en "the host has another key than a moment ago"
        ja "ホスト鍵が先ほどのものと異なります"
    host_key_only_other_types(kind, host)
        en "no {kind} host key of {host} is known, only of other types"
        ja "{host} の {kind} ホスト鍵は登録されておらず、別の種類の鍵だけがあります"
    host_key_changed(host)
        en "the host key of {host} changed"
        ja "{host} のホスト鍵が変わりました"
    host_key_changed_unasked(kind, name, known, offered)
        en "the {kind} key of {name} changed: {known}, offered {offered}"
        ja "{name} の {kind} 鍵が変わりました。{known}、提示された鍵 {offered}"
    host_key_other_type_unasked(kind, name, known, offered)
        en "no {kind} key is known for {name}, only {known}; offered {offered}"
        ja "{name} の {kind} 鍵は登録されていません。{known}、提示された鍵 {offered}"
    host_key_unknown_unasked(kind, name, offered)
        en "no {kind} host key is known for {name}, and nobody can be asked; offered {offered}"
        ja "{name} の {kind} ホスト鍵は登録されておらず、尋ねる相手もいません。提示された鍵 {offered}"
    known_key_at(kind, fingerprint, at)
        en "{kind} {fingerprint} at {at}"
        ja "{kind} {fingerprint} ({at})"
    known_keys(list)
        en "known {list}"
        ja "登録済みの鍵 {list}"
    host_key_changed_hint(file)
        en "ask the server's administrator; if the change is right, remove the old line from {file}"
        ja "サーバーの管理者に確認してください。正しい変更であれば、{file} から古い行を削除してください"
    host_key_revoked_hint
        en "this key must not be trusted; ask the server's administrator"
        ja "この鍵を信頼してはいけません。サーバーの管理者に確認してください"
    known_hosts_unreadable_hint
        en "make that file readable, or name others with UserKnownHostsFile"
        ja "そのファイルを読めるようにするか、UserKnownHostsFile で別のファイルを指定してください"
    host_key_other_type_hint
        en "connect once on a terminal to compare the fingerprint"
        ja "一度端末で接続して、フィンガープリントを見比べてください"
    host_key_unknown_hint
        en "connect once on a terminal to compare the fingerprint, or use -o StrictHostKeyChecking=accept-new"
        ja "一度端末で接続してフィンガープリントを見比べるか、-o StrictHostKeyChecking=accept-new を使ってください"
    kind_kex_algorithm
        en "key exchange algorithm"
        ja "鍵交換アルゴリズム"
    kind_host_key_algorithm
        en "host key algorithm"
        ja "ホスト鍵アルゴリズム"
    kind_public_key_algorithm
        en "public key algorithm"
        ja "公開鍵アルゴリズム"
    kind_kex_method
        en "key exchange method"
        ja "鍵交換方式"
    kind_host_key_type
        en "host key type"
        ja "ホスト鍵の種類"
    kind_cipher
        en "cipher"
        ja "暗号方式"
    kind_mac
        en "MAC"
        ja "MAC 方式"
    kind_compression
        en "compression"
        ja "圧縮方式"
    resolve_unknown_name
        en "Name or service not known"
        ja "その名前は存在しません"
    resolve_temporary
        en "Temporary failure in name resolution"
        ja "名前解決が一時的にできません"
    resolve_no_address
        en "No address associated with hostname"
        ja "その名前にアドレスがありません"
    host_key_fingerprint_line(fingerprint)
        en "Host key fingerprint is {fingerprint}"
        ja "ホスト鍵のフィンガープリント: {fingerprint}"
    wire_talks_unasked
        en "the server kept sending while no answer was due"
        ja "応答すべきものがないのにサーバーが送信を続けました"
    wire_answers_nothing
        en "the server kept sending other messages in place of an answer to the login"
        ja "ログインに応答せず、サーバーがほかのメッセージを送り続けました"
    wire_banners_endless
        en "the server sent banners without end"
        ja "サーバーがバナーを際限なく送り続けました"
    wire_chatter
        en "the server kept sending messages that want an answer while keys were exchanged, when none may be given"
        ja "応答できない鍵交換の間に、サーバーが応答の必要なメッセージを送り続けました"
    wire_opens_unanswered(limit)
        en "the server opened more than {limit} channels without waiting for an answer"
        ja "サーバーが応答を待たずに {limit} を超えるチャネルを開きました"
    kex_hung_up(how)
        en "the connection was ended in the key exchange ({how})"
        ja "鍵交換の途中で接続が切られました ({how})"
    kex_hung_up_hint
        en "the server, or a firewall or limit of connections before it, does not want this one: its log says why; try again later"
        ja "サーバー、またはその手前のファイアウォールや接続数の制限がこの接続を受け付けていません。理由はサーバーのログにあります。時間をおいて試してください"
    message_names_too_many
        en "the server sent a message with a list of names that is too long to be read"
        ja "サーバーから、読み取れないほど長い名前の一覧を含むメッセージが届きました"
    disconnect_cut_short
        en "the server sent a message that ends too early"
        ja "サーバーから途中で終わっているメッセージが届きました"
    disconnect_cut_short_hint
        en "most likely it ended the connection with a reason and left out the language (SSH_MSG_DISCONNECT, RFC 4253), so that the reason cannot be shown; the server's log has it"
        ja "おそらくサーバーが理由を述べて接続を終え、言語の指定を省いたため (SSH_MSG_DISCONNECT、RFC 4253)、理由を表示できません。サーバーのログにあります"
    addendum_too_long(limit)
        en "VersionAddendum has more than {limit} bytes"
        ja "VersionAddendum が {limit} バイトを超えています"
    addendum_too_long_hint
        en "the identification of a client is one line of at most 255 bytes"
        ja "クライアントの識別文字列は 255 バイト以内の一行です"
    host_certificate_void_unasked(fault)
        en "its certificate does not count, and nobody can be asked: {fault}"
        ja "証明書が無効で、確認を求める相手がいません: {fault}"
    host_certificate_void_hint
        en "ask the server's administrator for a certificate that holds; --host-key accepts one key without it"
        ja "サーバーの管理者に有効な証明書への更新を依頼してください。--host-key を使えば証明書なしで特定の鍵を受け入れられます"
    host_certificate_void(fault)
        en "the host certificate does not count: {fault}"
        ja "ホスト証明書は有効と認められません: {fault}"
}
