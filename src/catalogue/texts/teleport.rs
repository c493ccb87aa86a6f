//! Teleport: the profiles of tsh, its lists, its errors, and tessh teleport.

texts! {
    teleport_yaml_no_mapping
        en "it is no mapping of names to values"
        ja "名前と値の対応 (マッピング) ではありません"
    teleport_yaml_too_deep
        en "it is nested too deeply"
        ja "入れ子が深すぎます"
    teleport_yaml_key_twice(name)
        en "{name} stands twice"
        ja "{name} が 2 回書かれています"
    teleport_current_profile_bad
        en "it does not name a profile"
        ja "プロファイル名ではありません"
    teleport_profile_link
        en "it is a symbolic link, which tsh does not follow"
        ja "シンボリックリンクです。tsh はリンクをたどりません"
    teleport_profile_line(line, what)
        en "line {line}: {what}"
        ja "{line} 行目: {what}"
    teleport_profile_lacks(key)
        en "{key} is missing"
        ja "{key} がありません"
    teleport_profile_of_another(proxy)
        en "its proxy is {proxy}, which is not the file's name"
        ja "プロキシが {proxy} で、ファイル名と一致しません"
    teleport_profile_no_file_name(key)
        en "{key} cannot be part of a file name"
        ja "{key} をファイル名の一部にできません"
    teleport_not_logged_in(proxy)
        en "you are not logged in to Teleport at {proxy}"
        ja "{proxy} の Teleport にログインしていません"
    teleport_login_hint(command)
        en "log in: {command}"
        ja "ログインしてください: {command}"
    teleport_expired(proxy)
        en "your Teleport login at {proxy} has expired"
        ja "{proxy} の Teleport へのログインの有効期限が切れています"
    teleport_no_proxy
        en "no Teleport proxy is named, and tsh has no active profile"
        ja "Teleport のプロキシが指定されておらず、tsh の現在のプロファイルもありません"
    teleport_no_proxy_hint
        en "log in with tessh teleport login --proxy=HOST, or name it with --proxy"
        ja "tessh teleport login --proxy=HOST でログインするか、--proxy で指定してください"
    teleport_tunnel
        en "Tunnel"
        ja "トンネル"
    teleport_output_incomplete
        en "the list that tsh printed is not complete"
        ja "tsh が出力した一覧が途中で終わっています"
    teleport_output_no_list(line, column)
        en "tsh did not print a list in JSON (line {line}, column {column})"
        ja "tsh の出力が JSON の一覧ではありません ({line} 行 {column} 桁)"
    teleport_output_hint
        en "see what tsh ls --format=json prints"
        ja "tsh ls --format=json の出力を確認してください"
    teleport_host_name_bad(host)
        en "'{host}' does not look like a host name"
        ja "「{host}」はホスト名として使えません"
    teleport_host_name_hint
        en "use the name that tessh teleport ls shows: letters, digits, dashes and dots"
        ja "tessh teleport ls に表示される名前 (英数字、ハイフン、ドット) を指定してください"
    teleport_access_denied(login, host)
        en "Teleport does not allow the login {login} on {host}"
        ja "Teleport は {host} への {login} でのログインを許可していません"
    teleport_access_denied_hint(command)
        en "tessh teleport status lists the logins of your roles; save the session with one of them: {command}"
        ja "tessh teleport status で許可されたログイン名を確認し、それで保存し直してください: {command}"
    teleport_login_refused(login, host)
        en "the OpenSSH server on {host} does not take the login {login}"
        ja "{host} の OpenSSH サーバーは {login} でのログインを受け付けません"
    teleport_direct_dial(host)
        en "Teleport knows no node {host} on its own port"
        ja "Teleport の標準ポートには {host} というノードがありません"
    teleport_direct_dial_port(host, port)
        en "Teleport knows no node {host} on port {port}"
        ja "Teleport にはポート {port} の {host} というノードがありません"
    teleport_port_hint(command)
        en "a node that runs OpenSSH needs its port: {command}; tessh teleport ls shows it"
        ja "OpenSSH のノードにはポートの指定が必要です: {command}。ポートは tessh teleport ls に表示されます"
    teleport_offline(place)
        en "the Teleport proxy cannot reach {place}: the node may be offline, or the port wrong"
        ja "Teleport プロキシが {place} に接続できません。ノードがオフラインか、ポートが誤っている可能性があります"
    teleport_offline_hint(command)
        en "look for it in tessh teleport ls; a node that runs OpenSSH needs its port: {command}"
        ja "tessh teleport ls にあるか確認してください。OpenSSH のノードにはポートの指定が必要です: {command}"
    teleport_no_node(host)
        en "no matching hosts found: the cluster has no node {host}"
        ja "一致するホストがありません: クラスターに {host} というノードはありません"
    teleport_no_node_hint
        en "tessh teleport ls lists the nodes that you may see; --leaf names another cluster"
        ja "tessh teleport ls で参照できるノードを確認してください。別のクラスターは --leaf で指定します"
    teleport_many_nodes(host)
        en "multiple matching hosts found: several nodes are called {host}"
        ja "一致するホストが複数あります: {host} という名前のノードが複数あります"
    teleport_many_nodes_hint
        en "name one by its UUID; tessh teleport ls --json shows it"
        ja "UUID で指定してください。UUID は tessh teleport ls --json で確認できます"
    teleport_validity
        en "PuTTY's record of a Teleport authority has a list of hosts that is not well-formed"
        ja "PuTTY に保存された Teleport の認証局のホスト一覧の書式が正しくありません"
    teleport_validity_hint
        en "correct or delete that TeleportHostCA record in PuTTY; sessions saved with tessh teleport save do not use it"
        ja "PuTTY の TeleportHostCA レコードを修正または削除してください。tessh teleport save で保存したセッションでは使われません"
    teleport_cluster_away(cluster)
        en "the Teleport cluster {cluster} is not known or offline"
        ja "Teleport クラスター {cluster} が見つからないか、オフラインです"
    teleport_cluster_hint
        en "tessh teleport clusters lists the clusters and whether they are online"
        ja "tessh teleport clusters でクラスターの一覧と状態を確認してください"
    teleport_mfa(host)
        en "Teleport wants MFA for each session on {host}, which tsh proxy ssh cannot do"
        ja "{host} ではセッションごとの MFA が必要ですが、tsh proxy ssh は対応していません"
    teleport_mfa_hint
        en "connect with tsh ssh, or ask for a role without MFA for each session"
        ja "tsh ssh で接続するか、セッションごとの MFA を要求しないロールを依頼してください"
    teleport_proxy_away(proxy)
        en "tsh cannot reach the Teleport proxy {proxy}"
        ja "tsh が Teleport プロキシ {proxy} に接続できません"
    teleport_proxy_hint
        en "check the network and the proxy's name"
        ja "ネットワークとプロキシ名を確認してください"
    teleport_no_certificate(proxy, path)
        en "you are not logged in to Teleport at {proxy}: there is no certificate {path}"
        ja "{proxy} の Teleport にログインしていません: 証明書 {path} がありません"
    teleport_no_key(proxy, path)
        en "you are not logged in to Teleport at {proxy}: there is no key {path}"
        ja "{proxy} の Teleport にログインしていません: 鍵 {path} がありません"
    teleport_key_on_token(proxy)
        en "the key for {proxy} is on a hardware token (PIV), which only tsh can use"
        ja "{proxy} の鍵はハードウェアトークン (PIV) にあり、tsh でしか使えません"
    teleport_key_on_token_hint
        en "connect with tsh ssh, or ask for a role that needs no hardware key"
        ja "tsh ssh で接続するか、ハードウェア鍵を要求しないロールを依頼してください"
    teleport_ends_soon(proxy, left, command)
        en "your Teleport login at {proxy} ends in {left}; renew it: {command}"
        ja "{proxy} の Teleport へのログインはあと {left} で切れます。更新: {command}"
    teleport_no_tsh
        en "tsh, Teleport's client, is not in PATH"
        ja "Teleport のクライアント tsh が PATH にありません"
    teleport_no_tsh_there(path)
        en "there is no tsh at {path}"
        ja "{path} に tsh がありません"
    teleport_no_tsh_hint
        en "install it, or name its path in ~/.config/tessh/config.toml: [teleport] and tsh = \"/path/to/tsh\""
        ja "インストールするか、~/.config/tessh/config.toml の [teleport] に tsh = \"/path/to/tsh\" と書いてください"
    teleport_tsh_not_started(path, reason)
        en "{path} does not start: {reason}"
        ja "{path} を起動できません: {reason}"
    teleport_tsh_too_slow(seconds)
        en "tsh did not answer within {seconds} seconds and was ended"
        ja "tsh が {seconds} 秒以内に応答しなかったため終了させました"
    teleport_tsh_too_much(limit)
        en "tsh printed more than {limit} MiB and was ended"
        ja "tsh の出力が {limit} MiB を超えたため終了させました"
    teleport_tsh_slow_hint
        en "try tsh status in a terminal: it may want to ask something"
        ja "ターミナルで tsh status を試してください。入力を待っている可能性があります"
    teleport_tsh_cause(cause, line)
        en "{cause} (tsh: {line})"
        ja "{cause} (tsh: {line})"
    teleport_tsh_failed(how)
        en "tsh failed: {how}"
        ja "tsh が失敗しました: {how}"
    teleport_tsh_failed_saying(how, line)
        en "tsh failed ({how}): {line}"
        ja "tsh が失敗しました ({how}): {line}"
    teleport_tsh_failed_hint
        en "tessh teleport status shows your logins"
        ja "tessh teleport status でログインの状態を確認してください"
    teleport_verb_unknown(other)
        en "tessh teleport {other}: there is no such verb"
        ja "tessh teleport {other}: そのような操作はありません"
    teleport_verb_unknown_hint
        en "status, clusters, ls, login, save; see tessh teleport --help"
        ja "status、clusters、ls、login、save のいずれかです。tessh teleport --help を参照してください"
    teleport_flag_without_meaning(flag, verb)
        en "{flag} means nothing for tessh teleport {verb}"
        ja "tessh teleport {verb} では {flag} は使えません"
    teleport_no_words(verb)
        en "tessh teleport {verb} takes no further words"
        ja "tessh teleport {verb} に余分な引数があります"
    teleport_status_user
        en "user"
        ja "ユーザー"
    teleport_status_cluster
        en "cluster"
        ja "クラスター"
    teleport_status_logins
        en "logins"
        ja "ログイン名"
    teleport_status_until
        en "valid until"
        ja "有効期限"
    teleport_status_left(time, left)
        en "{time} ({left} left)"
        ja "{time} (あと {left})"
    teleport_status_expired(time)
        en "{time} (expired)"
        ja "{time} (期限切れ)"
    teleport_status_forever
        en "always"
        ja "無期限"
    teleport_column_node
        en "Node Name"
        ja "ノード名"
    teleport_column_address
        en "Address"
        ja "アドレス"
    teleport_column_labels
        en "Labels"
        ja "ラベル"
    teleport_column_cluster
        en "Cluster Name"
        ja "クラスター名"
    teleport_column_status
        en "Status"
        ja "状態"
    teleport_column_type
        en "Cluster Type"
        ja "種別"
    teleport_column_selected
        en "Selected"
        ja "選択"
    teleport_no_nodes
        en "no node matches"
        ja "一致するノードがありません"
    teleport_login_failed(status)
        en "tsh login ended with {status}"
        ja "tsh login が {status} で終了しました"
    teleport_login_failed_hint
        en "what it said is above"
        ja "上に表示された tsh のメッセージを確認してください"
    route_told_teleport(cluster, proxy)
        en "through Teleport: cluster {cluster} at {proxy}"
        ja "Teleport 経由: {proxy} のクラスター {cluster}"
    teleport_saved(name)
        en "Added session {name}"
        ja "セッション {name} を追加しました"
    teleport_save_wants
        en "tessh teleport save wants a node"
        ja "tessh teleport save にはノードの指定が必要です"
    teleport_save_wants_hint
        en "tessh teleport save [--leaf CLUSTER] [--port N] [login@]host[:port]"
        ja "tessh teleport save [--leaf クラスター] [--port N] [ログイン名@]ホスト[:ポート]"
    nodes_no_terminal
        en "the node browser needs a terminal; tessh teleport ls lists the nodes"
        ja "ノード一覧の画面にはターミナルが必要です。tessh teleport ls で一覧を表示できます"
    nodes_lasts(left)
        en "Your login lasts another {left}."
        ja "ログインの残り時間: {left}"
    nodes_expired(command)
        en "Your login has expired: {command}"
        ja "ログインの有効期限が切れています: {command}"
    nodes_title(proxy)
        en "Teleport nodes at {proxy}"
        ja "{proxy} の Teleport ノード"
    nodes_search
        en "Search"
        ja "検索"
    nodes_login
        en "Login"
        ja "ログイン名"
    nodes_cluster
        en "Cluster"
        ja "クラスター"
    nodes_cluster_offline(name)
        en "{name} (offline)"
        ja "{name} (オフライン)"
    nodes_save
        en "Save"
        ja "保存"
    nodes_listing
        en "tsh is listing the nodes …"
        ja "tsh でノードの一覧を取得しています…"
    nodes_found(found, all)
        en "{found} of {all} nodes."
        ja "{all} 件中 {found} 件のノード"
    nodes_marked(marked)
        en "{marked} marked."
        ja "{marked} 件を選択中"
    nodes_saved(count)
        en "{count} sessions were saved."
        ja "{count} 件のセッションを保存しました。"
    nodes_hint_mark
        en "mark"
        ja "選択"
    nodes_hint_mark_all
        en "mark all found"
        ja "すべて選択"
    nodes_hint_save
        en "save marked"
        ja "選択を保存"
    nodes_hint_connect
        en "connect"
        ja "接続"
}
