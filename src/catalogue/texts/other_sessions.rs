//! The sessions of other programs.

texts! {
    other_session_fault(name, path, what)
        en "saved session '{name}' ({path}): {what}"
        ja "保存済みセッション「{name}」 ({path}): {what}"
    putty_no_host
        en "HostName is missing"
        ja "HostName がありません"
    putty_protocol(word)
        en "Protocol is {word}; tessh speaks SSH-2 only"
        ja "Protocol が {word} です。tessh が使えるのは SSH-2 だけです"
    putty_port(port)
        en "PortNumber is {port}; a port is 1 to 65535"
        ja "PortNumber が {port} です。ポートは 1 から 65535 です"
    putty_proxy_port(port)
        en "ProxyPort is {port}; a port is 1 to 65535"
        ja "ProxyPort が {port} です。ポートは 1 から 65535 です"
    putty_proxy_method(number)
        en "ProxyMethod is {number}; tessh has the methods 0 to 6"
        ja "ProxyMethod が {number} です。tessh が使えるのは 0 から 6 です"
    putty_host_key_form(value)
        en "SSHManualHostKeys: {value} is no fingerprint and no key"
        ja "SSHManualHostKeys: {value} はフィンガープリントでも鍵でもありません"
    putty_command_password
        en "ProxyTelnetCommand has %pass, which every user of this machine could read while it runs"
        ja "ProxyTelnetCommand に %pass があります。実行中はこのマシンの全ユーザーにパスワードが見えてしまいます"
    putty_command_no_user
        en "ProxyTelnetCommand has %user, and ProxyUsername is empty"
        ja "ProxyTelnetCommand に %user がありますが、ProxyUsername が空です"
    putty_command_no_password
        en "ProxyTelnetCommand has %pass, and ProxyPassword is empty"
        ja "ProxyTelnetCommand に %pass がありますが、ProxyPassword が空です"
    putty_no_proxy_host
        en "ProxyHost is empty"
        ja "ProxyHost が空です"
    putty_too_many_jumps(limit)
        en "its jump hosts lead through more than {limit} sessions"
        ja "踏み台のセッションが {limit} 段を超えています"
    putty_command_characters
        en "ProxyTelnetCommand has control characters; a backslash is written twice"
        ja "ProxyTelnetCommand に制御文字があります。バックスラッシュは二つ重ねて書きます"
    putty_command_empty
        en "ProxyMethod is 5, and ProxyTelnetCommand, the command to run, is empty"
        ja "ProxyMethod は 5 ですが、実行するコマンド ProxyTelnetCommand が空です"
    putty_command_acts(name)
        en "{name} has characters that a shell acts on, and ProxyTelnetCommand puts it into a command"
        ja "{name} にシェルが解釈する文字があり、ProxyTelnetCommand はそれをコマンドに埋め込みます"
    winscp_protocol(protocol)
        en "the protocol is {protocol}; tessh speaks SSH only"
        ja "プロトコルが {protocol} です。tessh が使えるのは SSH だけです"
    winscp_no_tunnel_host
        en "TunnelHostName is missing"
        ja "TunnelHostName がありません"
    winscp_tunnel_port(port)
        en "TunnelPortNumber is {port}; a port is 1 to 65535"
        ja "TunnelPortNumber が {port} です。ポートは 1 から 65535 です"
    winscp_tunnel_fault(field, what)
        en "the tunnel's {field}: {what}"
        ja "トンネルの {field}: {what}"
    stored_password_no_site
        en "--stored-password: only a site of WinSCP has a stored password"
        ja "--stored-password: 保存済みパスワードがあるのは WinSCP のサイトだけです"
    stored_password_files
        en "name WinSCP.ini in config.toml, and connect with winscp:NAME"
        ja "config.toml に WinSCP.ini を書き、winscp:NAME で接続してください"
    stored_password_missing(name)
        en "WinSCP has stored no password with '{name}'"
        ja "WinSCP は「{name}」のパスワードを保存していません"
    winscp_master_password
        en "its password is encrypted with WinSCP's master password"
        ja "パスワードは WinSCP のマスターパスワードで暗号化されています"
    winscp_master_password_hint
        en "log in without the stored password, or turn the master password off in WinSCP"
        ja "保存済みパスワードを使わずにログインするか、WinSCP でマスターパスワードを解除してください"
    winscp_password_damaged
        en "its stored password is damaged, or belongs to another user or host"
        ja "保存済みパスワードが壊れているか、別のユーザーまたはホストのものです"
    putty_unhonoured(name, value)
        en "{name}={value} has no effect here"
        ja "{name}={value} はここでは効きません"
}
