//! In the middle of a session: escapes, ~i, pastes, announced host keys, logs.

texts! {
    session_without_status
        en "the server did not say how the command ended; its exit status is not known, and tessh's is 255"
        ja "コマンドの終了ステータスをサーバーが伝えませんでした。不明なため、tessh の終了コードは 255 です"
    packet_empty
        en "the server sent a bad packet: there is no message in it"
        ja "サーバーから不正なパケットが届きました: メッセージがありません"
    packet_empty_hint
        en "the server is faulty, or its compressed data has ended: try without -C, and tell its administrator"
        ja "サーバーに問題があるか、圧縮データが途中で終わっています。-C なしで試し、管理者に知らせてください"
    session_lost_after_status(status)
        en "the command exited with status {status}, but its output may not be complete"
        ja "コマンドはステータス {status} で終了しましたが、出力が途中までの可能性があります"
    session_ended_by_signal(name)
        en "the command was ended by the signal {name}; no number is known for it, so tessh's exit status is 255"
        ja "コマンドはシグナル {name} で終了しました。番号が分からないため、tessh の終了コードは 255 です"
    terminal_mode_bad(shown)
        en "terminal mode \"{shown}\" is not known"
        ja "端末モード「{shown}」が不正です"
    terminal_mode_bad_hint
        en "write NAME=VALUE or -NAME with a name of RFC 4254, such as ERASE=127, ECHO=no, -STATUS"
        ja "RFC 4254 の名前で NAME=VALUE または -NAME と書いてください（例: ERASE=127, ECHO=no, -STATUS）"
    // ~i: everything about the connection
    information_title
        en "Connection information:"
        ja "接続の情報:"
    information_user
        en "user"
        ja "ユーザー名"
    information_address
        en "address"
        ja "アドレス"
    information_address_port(address, port)
        en "{address} port {port}"
        ja "{address} ポート {port}"
    information_behind_proxy
        en "known to the last host on the way"
        ja "経路の最後のホストだけが知っています"
    information_route
        en "route"
        ja "経路"
    information_direct
        en "directly, by TCP"
        ja "TCP で直接接続"
    information_server
        en "server"
        ja "サーバー"
    information_client
        en "client"
        ja "クライアント"
    information_key_exchange
        en "key exchange"
        ja "鍵交換"
    information_strict(kex)
        en "{kex}, strict"
        ja "{kex} (strict KEX)"
    information_not_strict(kex)
        en "{kex}, not strict"
        ja "{kex} (strict KEX なし)"
    information_host_key_algorithm
        en "host key algorithm"
        ja "ホスト鍵アルゴリズム"
    information_host_key
        en "host key"
        ja "ホスト鍵"
    information_trusted
        en "trusted because"
        ja "信頼の根拠"
    information_peer
        en "Peer"
        ja "接続先"
    information_trust
        en "Trust"
        ja "信頼"
    information_crypto
        en "Crypto"
        ja "暗号"
    information_traffic
        en "Traffic"
        ja "通信"
    information_cipher
        en "cipher"
        ja "暗号方式"
    information_mac
        en "MAC"
        ja "MAC"
    information_compression
        en "compression"
        ja "圧縮"
    information_mac_out
        en "MAC to server"
        ja "MAC (送信)"
    information_mac_in
        en "MAC from server"
        ja "MAC (受信)"
    information_mac_implicit
        en "implicit"
        ja "暗号に含まれる"
    information_compression_out
        en "compression to server"
        ja "圧縮 (送信)"
    information_compression_in
        en "compression from server"
        ja "圧縮 (受信)"
    information_authenticated
        en "authenticated by"
        ja "認証方式"
    information_exchanges
        en "key exchanges"
        ja "鍵交換の回数"
    information_sent
        en "sent"
        ja "送信量"
    information_received
        en "received"
        ja "受信量"
    information_age
        en "connected for"
        ja "接続時間"
    information_round_trip
        en "round trip"
        ja "往復時間"
    information_no_answer
        en "no answer within a second"
        ja "1 秒以内に応答なし"
    information_forwards
        en "forwards"
        ja "転送"
    information_forward
        en "forward"
        ja "転送"
    information_none
        en "none"
        ja "なし"
    information_bytes(count)
        en "{count} bytes"
        ja "{count} バイト"
    information_bytes_in_unit(size, unit, count)
        en "{size} {unit} ({count} bytes)"
        ja "{size} {unit} ({count} バイト)"
    information_seconds(seconds)
        en "{seconds} s"
        ja "{seconds} 秒"
    information_minutes(minutes, seconds)
        en "{minutes} min {seconds} s"
        ja "{minutes} 分 {seconds} 秒"
    information_hours(hours, minutes)
        en "{hours} h {minutes} min"
        ja "{hours} 時間 {minutes} 分"
    information_days(days, hours)
        en "{days} days {hours} h"
        ja "{days} 日 {hours} 時間"

    // ~i as a screen
    facts_install
        en "Install a key here"
        ja "鍵を登録"
    facts_title
        en "Connection information"
        ja "接続情報"
    facts_hint_scroll
        en "scroll"
        ja "スクロール"
    facts_hint_close
        en "close"
        ja "閉じる"

    // ~d: a second login
    again_not_here(escape)
        en "{escape}: not available here"
        ja "{escape}: ここでは使えません"
    again_too_many(escape, most)
        en "{escape}: no more than {most} sessions on top of the first"
        ja "{escape}: 最初のセッションの上に開けるセッションは {most} 個までです"
    again_begins(escape, next)
        en "{escape} [session {next}, on top of this one]"
        ja "{escape} [このセッションの上でセッション {next} を開きます]"
    again_over(next, ended, this)
        en "[session {next} {ended}; this is session {this} again]"
        ja "[セッション {next} は{ended}。セッション {this} に戻りました]"
    again_ended
        en "ended"
        ja "終了しました"
    again_ended_status(status)
        en "ended with status {status}"
        ja "終了コード {status} で終了しました"
    again_ended_signal(name)
        en "ended by signal {name}"
        ja "シグナル {name} で終了しました"
    again_failed(error)
        en "failed: {error}"
        ja "失敗しました: {error}"

    // Pastes
    paste_title
        en "Confirm the paste"
        ja "貼り付けの確認"
    paste_count(count)
        en "{count} lines are to be sent as if you typed them."
        ja "{count} 行を、キーボードから入力したものとして送信します。"
    paste_count_one
        en "One line is to be sent as if you typed it."
        ja "1 行を、キーボードから入力したものとして送信します。"
    paste_ended
        en "Each ends with Enter."
        ja "どの行も Enter で終わっています。"
    paste_open
        en "The last one does not end with Enter."
        ja "最後の行は Enter で終わっていません。"
    paste_send
        en "Send"
        ja "送信"
    paste_hint_line
        en "new line"
        ja "改行"
    paste_hint_not
        en "do not send"
        ja "送信しない"
    paste_too_long(limit)
        en "[not sent: a paste of more than {limit} MiB]"
        ja "[送信しませんでした: 貼り付けが {limit} MiB を超えています]"
    paste_not_sent
        en "[the paste was not sent]"
        ja "[貼り付けは送信しませんでした]"
    paste_lines_one
        en "A paste of 1 line:"
        ja "1 行の貼り付け:"
    paste_lines_many(count)
        en "A paste of {count} lines:"
        ja "{count} 行の貼り付け:"
    paste_lines_left_out
        en "(left out)"
        ja "(省きました)"
    paste_lines_more(count)
        en "and {count} more lines"
        ja "…ほかに {count} 行あります"
    paste_lines_unended
        en "(the last line does not end with Enter)"
        ja "(最後の行は Enter で終わっていません)"
    paste_lines_send(count)
        en "Send {count}? (yes/no/edit) "
        ja "{count}送信しますか? (yes/no/edit) "
    paste_lines_this
        en "this line"
        ja "この 1 行を"
    paste_lines_these(count)
        en "these {count} lines"
        ja "この {count} 行を"
    paste_lines_which(count)
        en "Line to change (1-{count}, Enter when done): "
        ja "変更する行 (1-{count}、終わったら Enter): "
    paste_lines_new
        en "New text (Enter alone leaves it out): "
        ja "新しい内容 (Enter だけで省きます): "

    // Host keys that a server announces
    rotation_title(line)
        en "Hostkey rotation: {line}"
        ja "ホスト鍵の更新: {line}"
    rotation_other_keys(host, file)
        en "\"{host}\" announced other host keys than {file} has."
        ja "「{host}」が、{file} にあるものとは別のホスト鍵を知らせてきました。"
    rotation_new(kind, sha256)
        en "new:      {kind} key {sha256} (the server has proved it)"
        ja "新しい鍵: {kind} {sha256} (サーバーが所有を証明しました)"
    rotation_obsolete(kind, sha256, at)
        en "obsolete: {kind} key {sha256} ({at})"
        ja "古い鍵:   {kind} {sha256} ({at})"
    rotation_ask
        en "accept these changes? (yes/no) [no]: "
        ja "この変更を受け入れますか? (yes/no) [no]: "
    rotation_not_updated(reason)
        en "host keys were not updated: {reason}"
        ja "ホスト鍵を更新しませんでした: {reason}"
    rotation_too_many(limit)
        en "the server announced more than {limit} host keys: none is considered"
        ja "サーバーが {limit} 個を超えるホスト鍵を知らせてきたため、すべて無視します"
    rotation_twice
        en "the server announced a host key twice: none is considered"
        ja "サーバーが同じホスト鍵を二度知らせてきたため、すべて無視します"
    rotation_unproved
        en "Server failed to confirm ownership of private host keys"
        ja "サーバーは、ホスト鍵の秘密鍵を持っていることを証明できませんでした"
    rotation_changed
        en "the known_hosts file was changed by another program meanwhile"
        ja "その間に、別のプログラムが known_hosts ファイルを変更しました"
    rotation_tries_again
        en "nothing was changed; the next connection tries again"
        ja "何も変更していません。次の接続でもう一度試みます"
    rotation_read_only(at)
        en "the host no longer has the key at {at}, a file that is only read: remove that line"
        ja "ホストは {at} の鍵をもう持っていません。このファイルには書き込まないので、その行を削除してください"

    // The log and the encoding of a session
    log_no_session
        en "-N: there is no session to log"
        ja "-N: 記録するセッションがありません"
    log_none(flag)
        en "{flag}: there is no log"
        ja "{flag}: ログを取る指定がありません"
    log_none_hint
        en "--log FILE asks for one"
        ja "--log FILE で指定してください"
    log_raw_stamps
        en "a raw log has every byte as it came, and no timestamps"
        ja "raw 形式のログは届いたバイトをそのまま記録するもので、時刻は付けられません"
    log_raw_stamps_hint
        en "--log-format text has them; --log-timestamp none leaves them out"
        ja "--log-format text なら付けられます。--log-timestamp none で省けます"
    log_fault(name, why)
        en "log {name}: {why}"
        ja "ログ {name}: {why}"
    log_one_of(flag, word, known)
        en "{flag} {word}: it is one of {known}"
        ja "{flag} {word}: 次のいずれかで指定してください: {known}"
    log_name_empty
        en "--log: the file name is empty"
        ja "--log: ファイル名が空です"
    log_name_not_utf_8
        en "--log: the file name is not UTF-8"
        ja "--log: ファイル名が UTF-8 ではありません"
    log_name_fault(name, why)
        en "log {name}: {why}"
        ja "ログ {name}: 時刻の指定が正しくありません ({why})"
    log_name_percent
        en "% introduces a time as in strftime(3); %% is a percent sign"
        ja "% は strftime(3) と同じく時刻を表します。% そのものは %% と書いてください"
    log_name_long(name)
        en "log {name}: the name is too long"
        ja "ログ {name}: 名前が長すぎます"
    log_cannot_write(name, why)
        en "cannot write the log {name}: {why}"
        ja "ログ {name} に書き込めません: {why}"
    log_other_file_hint
        en "name another file with --log; --log none is no log"
        ja "--log で別のファイルを指定してください。--log none で記録なしになります"
    log_link
        en "it is a symbolic link"
        ja "シンボリックリンクです"
    log_link_hint
        en "name the file it leads to"
        ja "リンク先のファイルを指定してください"
    log_no_directory
        en "there is no such directory"
        ja "そのディレクトリはありません"
    log_no_directory_hint
        en "make it first"
        ja "先に作成してください"
    log_pipe_unread
        en "it is a pipe that nobody reads"
        ja "読み手のいないパイプです"
    log_pipe
        en "it is a pipe"
        ja "パイプです"
    log_no_file_hint
        en "a log is a file; --log none is no log"
        ja "ログは通常のファイルに書き込みます。--log none でログを取りません"
    log_disk_full
        en "the disk is full"
        ja "ディスクに空きがありません"
    log_disk_full_hint
        en "make room, or log to another disk"
        ja "空きを作るか、別のディスクを指定してください"
    log_ends(name, error)
        en "the log {name} ends here: {error}"
        ja "ログ {name} への記録をここで終えます: {error}"
    log_zone_unknown(error)
        en "the local time zone is not known, times of the log are in UTC: {error}"
        ja "タイムゾーンが分からないため、ログの時刻は UTC になります: {error}"
    encoding_unknown(name)
        en "no encoding is called '{name}'"
        ja "「{name}」という文字コードはありません"
    encoding_such_as(names)
        en "such as {names}"
        ja "指定できるものの例: {names}"
    encoding_terminal
        en "--encoding is for a session at a terminal; other data would be changed"
        ja "--encoding は端末でのセッションのためのもので、そのほかのデータは壊れてしまいます"
    encoding_terminal_hint
        en "-t asks for a terminal; iconv(1) converts a file"
        ja "-t で端末を要求できます。ファイルは iconv(1) で変換できます"
    encoding_not_applied
        en "the encoding of the saved session is not applied: there is no terminal"
        ja "端末がないため、保存済みセッションの文字コードは適用されません"

    // A session that rests
    session_rested(seconds)
        en "the session was closed: nothing came or went for {seconds} seconds"
        ja "{seconds} 秒間、何も送受信されなかったため、セッションを閉じました"
    session_rested_hint
        en "ChannelTimeout sets that limit"
        ja "この制限は ChannelTimeout で決まります"

    // Escapes: ~? and ~#
    escape_suspended(escape)
        en "{escape} [suspend tessh]"
        ja "{escape} [tessh を一時停止]"
    escape_not_available(escape)
        en "{escape}: not available in this client"
        ja "{escape}: このクライアントでは使えません"
    escape_help_command_line(c)
        en "{c}C   - open a command line"
        ja "{c}C   - コマンドラインを開く（転送の追加と取り消し）"
    escape_help_information(c)
        en "{c}i   - show everything about the connection"
        ja "{c}i   - 接続の情報をすべて表示"
    escape_help_information_lines(c)
        en "{c}I   - the same as lines, which stay among the output"
        ja "{c}I   - 同じ情報を行で表示 (画面に残ります)"
    escape_help_log_in_again(c)
        en "{c}d   - log in once more, on top of this session"
        ja "{c}d   - このセッションの上で、もう一度ログイン"
    escape_open_session
        en "  #0 session"
        ja "  #0 セッション"
    escape_help_terminate(c)
        en "{c}.   - terminate connection"
        ja "{c}.   - 接続を終了"
    escape_help_rekey(c)
        en "{c}R   - request rekey"
        ja "{c}R   - 鍵交換をやり直す"
    escape_help_verbosity(c)
        en "{c}V/v - decrease/increase verbosity (LogLevel)"
        ja "{c}V/v - 表示を減らす/増やす (LogLevel)"
    escape_help_suspend(c)
        en "{c}^Z  - suspend tessh"
        ja "{c}^Z  - tessh を一時停止"
    escape_help_show(c)
        en "{c}#   - show the connection"
        ja "{c}#   - 接続を表示"
    escape_help_this(c)
        en "{c}?   - this message"
        ja "{c}?   - この説明"
    escape_help_send(c)
        en "{c}{c}   - send the escape character by typing it twice"
        ja "{c}{c}   - エスケープ文字そのものを送る (2 回入力)"
    escape_help_note
        en "(Note that escapes are only recognized immediately after newline.)"
        ja "(エスケープは行頭でのみ有効です)"
    escape_help_title
        en "Supported escape sequences:"
        ja "使えるエスケープ:"
    escape_open_connections
        en "The following connections are open:"
        ja "開いている接続:"

    // Output that was kept while somebody else had the terminal
    screen_lines_left_out(lines)
        en "[lines left out: {lines}]"
        ja "[省略した行数: {lines}]"
    again_output_left_out(size)
        en "[{size} KiB of earlier output were left out]"
        ja "[これより前の出力 {size} KiB を省略しました]"
    again_cancelled
        en "cancelled"
        ja "取り消されました"
}
