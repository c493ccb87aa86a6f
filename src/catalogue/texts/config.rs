//! What is wrong with a configuration, in the words of ssh_config(5) where it has some.

texts! {
    percent_at_end
        en "a single \"%\" at the end"
        ja "末尾に「%」が単独であります"
    expansion_too_long
        en "too long when expanded"
        ja "展開すると長すぎます"
    percent_unknown(token)
        en "unknown key %{token}"
        ja "%{token} という記号はありません"
    env_var_unset(value)
        en "env var ${{{value}}} has no value"
        ja "環境変数 ${{{value}}} が設定されていません"
    no_such_user(value)
        en "No such user {value}"
        ja "ユーザー {value} は存在しません"
    config_too_many_files(limit)
        en "more than {limit} configuration files"
        ja "設定ファイルが {limit} 個を超えています"
    config_file_not_read(value, reason)
        en "{value} is not read: {reason}"
        ja "{value} を読み取れませんでした: {reason}"
    config_file_too_large(limit)
        en "larger than {limit} bytes"
        ja "{limit} バイトを超えています"
    config_files_too_large(limit)
        en "with this file, the configuration is larger than {limit} bytes"
        ja "このファイルを含めると、設定全体が {limit} バイトを超えます"
    config_file_permissions(value)
        en "Bad owner or permissions on {value}"
        ja "{value} の所有者またはアクセス権が正しくありません"
    config_file_permissions_hint
        en "it must be yours, and only you may write it: chmod go-w"
        ja "所有者が自分で、書き込めるのも自分だけである必要があります: chmod go-w"
    config_nul_byte(origin)
        en "{origin}: a NUL byte"
        ja "{origin}: NUL バイトが含まれています"
    config_not_utf8(origin)
        en "{origin}: not UTF-8"
        ja "{origin}: UTF-8 ではありません"
    config_terminating(file, count)
        en "{file}: terminating, {count} bad configuration options"
        ja "{file} に誤った設定が {count} か所あるため、中止します"
    config_line_fault(file, line, unknown)
        en "{file}: line {line}: {unknown}"
        ja "{file} の {line} 行目: {unknown}"
    config_include_too_deep(origin, limit)
        en "{origin}: Include: deeper than {limit} files"
        ja "{origin}: Include: 入れ子が {limit} 段を超えています"
    config_include_too_deep_hint
        en "does a file include itself?"
        ja "ファイルが自分自身を取り込んでいないか確認してください"
    config_include_fault(origin, fault)
        en "{origin}: Include: {fault}"
        ja "{origin}: Include: {fault}"
    config_include_bad_path(arg)
        en "bad include path {arg}"
        ja "取り込むファイルのパス {arg} が正しくありません"
    config_file_not_opened(value, reason)
        en "Can't open user config file {value}: {reason}"
        ja "設定ファイル {value} を開けません: {reason}"
    config_file_not_opened_hint
        en "name another file with -F, or none with -F none"
        ja "-F で別のファイルを指定するか、-F none で設定ファイルなしにしてください"
    config_option_unknown_hint(name)
        en "correct its name; -o IgnoreUnknown={name} before it passes it over"
        ja "名前を直してください。その前に -o IgnoreUnknown={name} を付けると、無視されます"
    config_value_hint(page, name)
        en "{page} tells what {name} takes"
        ja "{name} に指定できる値は {page} にあります"
    config_time_hint
        en "a time is such as 30, 5m or 1h30m"
        ja "時間は 30、5m、1h30m のように指定してください"
    config_list_hint(keyword)
        en "tessh -Q {keyword} lists those there are"
        ja "指定できるものは tessh -Q {keyword} で一覧できます"
    config_extra_arguments_hint
        en "leave them out; a value with blanks in it stands in double quotes"
        ja "余分な部分を取り除いてください。空白を含む値は二重引用符で囲みます"
    config_forward_hint(form)
        en "write it as {form}, with ports up to 65535"
        ja "{form} の形で書いてください。ポートは 65535 までです"
    config_jump_hint
        en "write it as [user@]host[:port], several joined by commas, or none"
        ja "[user@]host[:port] の形で、複数はコンマで区切って書いてください。none で踏み台なしになります"
    config_flag_left_out_hint(flag)
        en "leave {flag} out to go on without"
        ja "{flag} を外すと、それなしで続けられます"
    config_directive_not_on_command_line(keyword)
        en "{keyword} directive not supported as a command-line option"
        ja "{keyword} はコマンドラインでは指定できません"
    config_too_many_values(origin, keyword, limit)
        en "{origin}: {keyword}: more than {limit}"
        ja "{origin}: {keyword}: {limit} 個を超えています"
    config_bad_option(name)
        en "Bad configuration option: {name}"
        ja "存在しない設定です: {name}"
    config_invalid_quotes
        en "invalid quotes"
        ja "引用符が閉じていません"
    auth_option_unknown_method(value)
        en "--auth: unknown method '{value}'"
        ja "--auth: 認証方式「{value}」はありません"
    one_of(known)
        en "one of {known}"
        ja "次のいずれかを指定してください: {known}"
    auth_option_too_many(limit)
        en "--auth: more than {limit} methods"
        ja "--auth: 認証方式が {limit} 個を超えています"
    preferred_none_usable(words)
        en "no method of PreferredAuthentications {words} can be used"
        ja "PreferredAuthentications {words} の中に使える認証方式がありません"
    preferred_none_usable_hint
        en "--auth METHOD names one"
        ja "--auth METHOD で指定してください"
    auth_method_switched_off(source, method, keyword)
        en "{source}: {method} is switched off by {keyword} no"
        ja "{source}: {method} は {keyword} no で無効になっています"
    auth_method_switched_off_hint(keyword)
        en "-o {keyword}=yes switches it on"
        ja "-o {keyword}=yes で有効になります"
    config_goes_without_hint(name, off)
        en "-o {name}={off} goes on without"
        ja "-o {name}={off} を付けると、それなしで続行します"
    config_invalid_attempts
        en "Invalid number of ConnectionAttempts"
        ja "ConnectionAttempts の回数が正しくありません"
    config_missing_argument
        en "Missing argument."
        ja "引数がありません"
    config_extra_arguments(args)
        en "extra arguments at end of line (\"{args}\")"
        ja "行末に余分な引数があります (「{args}」)"
    config_unsupported_option(first)
        en "unsupported option \"{first}\"."
        ja "「{first}」は指定できません"
    config_invalid_environment_name
        en "Invalid environment name."
        ja "環境変数の名前が正しくありません"
    config_none_alone
        en "\"none\" argument must appear alone."
        ja "「none」は単独で指定してください"
    config_integer_invalid
        en "integer value invalid."
        ja "整数ではありません"
    config_integer_too_small
        en "integer value too small."
        ja "整数が小さすぎます"
    config_integer_too_large
        en "integer value too large."
        ja "整数が大きすぎます"
    config_invalid_time(value)
        en "invalid time value '{value}'"
        ja "時間「{value}」が正しくありません"
    config_unsupported_log_level(value)
        en "unsupported log level '{value}'"
        ja "ログレベル「{value}」はありません"
    config_bad_escape_character
        en "Bad escape character."
        ja "エスケープ文字が正しくありません"
    config_bad_number(first)
        en "Bad number '{first}'"
        ja "数値「{first}」が正しくありません"
    config_rekey_limit_too_small
        en "RekeyLimit too small"
        ja "RekeyLimit が小さすぎます"
    config_invalid_setenv
        en "Invalid SetEnv."
        ja "SetEnv の書き方が正しくありません"
    addresses_not_checked
        en "addresses are not checked, as in newer versions of ssh"
        ja "新しい版の ssh と同じく、アドレスは確認しません"
    both_fingerprints_shown
        en "both fingerprints are shown wherever one is"
        ja "フィンガープリントは常に両方の形式で表示します"
    forwards_not_kept_alive
        en "TCP keepalives are sent to the server, not on the sockets of forwards"
        ja "TCP キープアライブはサーバーへの接続だけで、転送のソケットでは送りません"
    hostbased_unsupported
        en "host-based authentication is not supported"
        ja "ホストベース認証には対応していません"
    devices_by_server
        en "the server chooses the devices"
        ja "認証デバイスはサーバーが選びます"
    keystrokes_not_obscured
        en "keystroke timing is not obscured by this version"
        ja "この版では打鍵間隔の隠蔽に対応していません"
    pkcs11_unsupported
        en "PKCS#11 is not supported"
        ja "PKCS#11 には対応していません"
    proxy_fdpass_unsupported
        en "a proxy that passes a descriptor is not supported"
        ja "ディスクリプターを渡すプロキシには対応していません"
    tunnels_unsupported
        en "tunnel devices are not supported"
        ja "トンネルデバイスには対応していません"
    gssapi_unsupported
        en "GSSAPI is not supported"
        ja "GSSAPI には対応していません"
    ssh1_unsupported
        en "it belongs to SSH-1, which is not supported"
        ja "対応していない SSH-1 の設定です"
    config_place(file, line)
        en "{file} line {line}"
        ja "{file} の {line} 行目"
    config_default
        en "default"
        ja "既定値"
    config_destination
        en "destination"
        ja "接続先"
    config_profile(name)
        en "session {name}"
        ja "保存済みセッション {name}"
    brace_not_closed
        en "\"${\" has no \"}\""
        ja "「${」に対応する「}」がありません"
    config_bad_forward(text)
        en "Bad forwarding specification '{text}'"
        ja "転送の指定「{text}」が正しくありません"
    config_bad_stdio_forward(text)
        en "Bad stdio forwarding specification '{text}'"
        ja "標準入出力の転送先の指定「{text}」が正しくありません"
    config_missing_target
        en "Missing target argument."
        ja "転送先の引数がありません"
    config_bad_jump(text)
        en "Invalid ProxyJump \"{text}\""
        ja "ProxyJump 「{text}」が正しくありません"
    config_match_all
        en "'all' cannot be combined with other Match attributes"
        ja "「all」は Match のほかの条件と組み合わせられません"
    config_match_missing(name)
        en "Missing Match criteria for {name}"
        ja "Match の {name} に値がありません"
    config_match_empty
        en "One or more attributes required for Match"
        ja "Match に条件がありません"
    config_match_unknown(name)
        en "Unsupported Match attribute {name}"
        ja "Match の条件 {name} には対応していません"
    config_match_exec(command, reason)
        en "exec \"{command}\": {reason}"
        ja "exec \"{command}\": {reason}"
    config_match_exec_late(command, seconds)
        en "exec \"{command}\": no end after {seconds} seconds"
        ja "exec \"{command}\": {seconds} 秒たっても終わりません"
    config_bad_network(entry)
        en "Invalid network entry \"{entry}\""
        ja "「{entry}」はアドレスでもネットワークでもありません"
    config_match_no_argument(name)
        en "missing argument for Match '{name}'"
        ja "Match の「{name}」に値がありません"
    config_bad_prefix(entry)
        en "Inconsistent mask length for network \"{entry}\""
        ja "ネットワーク「{entry}」のマスク長が正しくありません"
    config_no_interfaces(reason)
        en "the addresses of this machine cannot be read: {reason}"
        ja "このマシンのアドレスを読み取れません: {reason}"
    config_not_canonical(host)
        en "Could not resolve host \"{host}\" in any of CanonicalDomains"
        ja "ホスト「{host}」は CanonicalDomains のどのドメインにも見つかりません"
    config_bad_arguments
        en "wrong number of arguments"
        ja "引数の数が正しくありません"
    config_unsupported(value)
        en "unsupported option \"{value}\"."
        ja "「{value}」という値には対応していません"
    config_bad_channel_timeout(value)
        en "invalid channel timeout \"{value}\""
        ja "タイムアウト「{value}」が正しくありません。「種類=時間」と書きます"
    config_bad_tunnel(value)
        en "Bad tun device \"{value}\"."
        ja "トンネルデバイス「{value}」が正しくありません"
    config_bad_facility(value)
        en "unsupported log facility '{value}'"
        ja "ログファシリティ「{value}」には対応していません"
    config_alone(word)
        en "\"{word}\" argument must appear alone."
        ja "引数「{word}」は単独で指定します"
    config_bad_domain(domain)
        en "domain name \"{domain}\" contains or starts with invalid characters"
        ja "ドメイン名「{domain}」に使えない文字があります"
    config_many_domains(limit)
        en "more than {limit} domains; leave the ones out that are not needed"
        ja "ドメインが {limit} 個を超えています。不要なものを除いてください"
    config_bad_cname(rule)
        en "Invalid permitted CNAME \"{rule}\""
        ja "CNAME の規則「{rule}」が正しくありません"
    config_bad_mask
        en "Bad mask."
        ja "マスクが正しくありません"
    config_bad_place(value)
        en "bad host or port number \"{value}\""
        ja "ホストまたはポート番号「{value}」が正しくありません"
    config_no_command_to_fork
        en "Cannot fork into background without a command to execute."
        ja "実行するコマンドがないため、バックグラウンドに移れません"
    config_control_with_stdio
        en "Cannot specify multiplexing command with -W"
        ja "-W と -O は同時に指定できません"
    config_bad_control(word)
        en "Invalid multiplex command \"{word}\""
        ja "-O 「{word}」というコマンドはありません"
    config_stdio_twice
        en "stdio forward already specified"
        ja "-W が二度指定されています"
    config_jump_twice
        en "Only a single -J option is permitted (use commas to separate multiple jump hops)"
        ja "-J は一度だけ指定できます（踏み台が複数あるときはコンマで区切ります）"
    config_jump_and_proxy_command
        en "Cannot specify -J with ProxyCommand"
        ja "-J と ProxyCommand は同時に指定できません"
    config_bad_spec(kind, list)
        en "Bad SSH2 {kind} '{list}'."
        ja "SSH2 の {kind} 「{list}」が正しくありません"
    config_bad_key_types(list)
        en "Bad key types '{list}'."
        ja "鍵の種類「{list}」が正しくありません"
    config_acts_in_shell(token, value)
        en "the value of %{token} (\"{value}\") has characters that a shell would act on"
        ja "%{token} の値 (「{value}」) に、シェルが解釈する文字が含まれています"
    config_local_command_failed(shown, error)
        en "LocalCommand {shown}: {error}"
        ja "LocalCommand {shown}: {error}"
    config_bad_qos(value)
        en "Bad IPQoS value: {value}"
        ja "IPQoS の値が正しくありません: {value}"
    config_out_of_range
        en "value out of range."
        ja "値が範囲を超えています"
    config_include_left_out(origin, file)
        en "{origin}: Unable to expand user config file '{file}'"
        ja "{origin}: 変数に値がないため、「{file}」は読み込みません"
    config_bad_addendum(value)
        en "\"{value}\" has control characters"
        ja "「{value}」に制御文字が含まれています"
}
