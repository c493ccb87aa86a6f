//! tessh bench: a server measured, beside ssh.

texts! {
    bench_usage
        en "usage: tessh bench [options] [user@]host"
        ja "使い方: tessh bench [オプション] [ユーザー@]ホスト"
    bench_flag_without_meaning(flag)
        en "{flag} means nothing for bench"
        ja "bench では {flag} は使えません"
    bench_one_host(word)
        en "bench takes one host; {word} is one word too many"
        ja "bench に指定できるホストは 1 つです。{word} は余分です"
    bench_seconds_bad(shown, most)
        en "--seconds: {shown} is no number from 1 to {most}"
        ja "--seconds: {shown} は 1 から {most} までの数ではありません"
    bench_bytes_bad(shown)
        en "--bytes: {shown} is no number of bytes up to 64G, such as 500K, 64M or 1G"
        ja "--bytes: {shown} は 64G までのバイト数 (500K、64M、1G など) ではありません"
    bench_no_such_ssh(path)
        en "--ssh: {path} is no program"
        ja "--ssh: {path} というプログラムはありません"
    bench_picture_failed(file, reason)
        en "the picture cannot be written to {file}: {reason}"
        ja "画像を {file} に書き込めません: {reason}"
    bench_picture_failed_hint
        en "name another file with --svg"
        ja "--svg で別のファイルを指定してください"
    bench_picture_no_file
        en "a device, a pipe or a socket is there, which no file can replace"
        ja "デバイス、パイプ、またはソケットがあり、ファイルで置き換えられません"
    bench_no_temporary(reason)
        en "a temporary file cannot be made: {reason}"
        ja "一時ファイルを作成できません: {reason}"
    bench_begins(seconds)
        en "measuring for about {seconds} s; Ctrl-C ends it and shows what there is"
        ja "約 {seconds} 秒間測ります。Ctrl-C で終えると、それまでの結果を表示します"
    bench_command_refused
        en "the server does not run the command"
        ja "サーバーがコマンドを実行しません"
    bench_no_echo
        en "the program on the server does not echo keys as they are"
        ja "サーバー上のプログラムがキー入力をそのまま返しません"
    bench_no_shell(why)
        en "the server cannot be measured: {why}"
        ja "サーバーを測れません: {why}"
    bench_no_shell_hint
        en "bench runs dd and cat there, so the login needs a shell that has them, not SFTP alone"
        ja "bench はサーバーで dd と cat を実行します。SFTP 専用ではなく、これらを使えるシェルのあるログインが必要です"
    bench_own_output_hint
        en "a start-up file of the login shell, or a command that the server forces, prints something itself; bench needs a login that does not"
        ja "ログインシェルの起動ファイル、またはサーバーが強制するコマンドが何かを出力しています。bench には出力のないログインが必要です"
    bench_other_amount(command, received, expected)
        en "{command} on the server sent {received} bytes, not {expected}"
        ja "サーバーの {command} が送ったのは {expected} バイトではなく {received} バイトです"
    bench_status(command, status)
        en "{command} on the server ended with status {status}"
        ja "サーバーの {command} が終了コード {status} で終わりました"
    bench_ended_otherwise(command)
        en "{command} on the server did not end by itself"
        ja "サーバーの {command} が自分では終わりませんでした"
    bench_run_failed(program, fault)
        en "{program}: a run failed: {fault}"
        ja "{program}: 測定に失敗しました: {fault}"
    bench_late(program, seconds)
        en "{program} did not log in and run a command within {seconds} s; --seconds allows more"
        ja "{program} でのログインとコマンドの実行が {seconds} 秒以内に終わりませんでした。--seconds で延ばせます"
    bench_too_short(seconds)
        en "runs that each log in need more time here; --seconds {seconds} is enough"
        ja "測定ごとのログインには時間が足りません。--seconds {seconds} なら足ります"
    bench_nothing(seconds)
        en "nothing was measured within {seconds} s"
        ja "{seconds} 秒以内には何も測れませんでした"
    bench_nothing_hint
        en "allow more time with --seconds, or transfer less with --bytes"
        ja "--seconds で時間を延ばすか、--bytes で転送量を減らしてください"
    bench_no_cipher
        en "there is no cipher to measure: the server has none of those that are wanted"
        ja "測る暗号がありません。指定された暗号をサーバーが 1 つも持っていません"
    bench_search_asks
        en "each cipher needs a login of its own, and this login asks each time"
        ja "暗号ごとにログインが必要ですが、このログインは毎回入力を求めます"
    bench_search_asks_hint
        en "log in with a key that asks nothing, or measure one cipher with -c"
        ja "入力を求めない鍵でログインするか、-c で暗号を 1 つ指定して測ってください"
    bench_login_asks
        en "the login asks, and nobody can be asked for each run"
        ja "ログインで入力が必要なため、測定ごとに尋ねることができません"
    bench_login_failed
        en "a further login did not succeed"
        ja "2 回目以降のログインに失敗しました"
    bench_ended_before_echo
        en "it ended before the keys were echoed"
        ja "キー入力のエコーが返る前に終了しました"
    bench_ssh_failed(fault)
        en "ssh does not log in without a question: {fault}"
        ja "ssh が入力なしでログインできません: {fault}"
    bench_no_ssh
        en "there is no ssh on the PATH; --ssh names one"
        ja "PATH に ssh がありません。--ssh で指定できます"
    bench_ssh_is_tessh
        en "the ssh on the PATH is tessh; --ssh names another"
        ja "PATH の ssh は tessh です。--ssh で別のものを指定できます"
    bench_ssh_no_session
        en "ssh does not know the saved session"
        ja "ssh は保存済みセッションを読めません"
    bench_ssh_no_proxy
        en "ssh does not know the proxy server"
        ja "ssh はこのプロキシを使えません"
    bench_ssh_no_teleport
        en "ssh does not know the way through Teleport"
        ja "ssh は Teleport 経由の接続を知りません"
    bench_download
        en "download"
        ja "受信"
    bench_upload
        en "upload"
        ja "送信"
    bench_head(login, server, seconds)
        en "{login} ({server}), measured in {seconds} s"
        ja "{login} ({server})、測定時間 {seconds} 秒"
    bench_how_processes(programs)
        en "each run is a process with a login of its own, the programs in turn: {programs}"
        ja "測定ごとに 1 プロセスを起動してログイン、プログラムは交互: {programs}"
    bench_how_channels
        en "each run is a channel of a connection of tessh's that is there already"
        ja "測定ごとに tessh の接続済みの接続でチャネルを 1 つ使用"
    bench_algorithms(ciphers, kex)
        en "cipher {ciphers}; tessh's key exchange {kex}"
        ja "暗号 {ciphers}、tessh の鍵交換 {kex}"
    bench_picture_key
        en "bars are medians; the line in a bar goes from the smallest run to the largest"
        ja "棒は中央値、棒の中の線は最小から最大まで"
    bench_panel_rate
        en "rate, MiB/s (more is better)"
        ja "転送速度 MiB/s (大きいほど良い)"
    bench_panel_cpu
        en "processor time here, s per GiB (less is better)"
        ja "こちら側の CPU 時間 秒/GiB (小さいほど良い)"
    bench_panel_login
        en "login, a command and the end, ms (less is better)"
        ja "ログイン、コマンド、終了まで ms (小さいほど良い)"
    bench_panel_login_cpu
        en "processor time of that here, ms (less is better)"
        ja "そのこちら側の CPU 時間 ms (小さいほど良い)"
    bench_panel_command
        en "a command on the open connection, ms (less is better)"
        ja "接続済みでのコマンド実行 ms (小さいほど良い)"
    bench_panel_echo
        en "a key until its echo, ms (less is better)"
        ja "キー入力からエコーまで ms (小さいほど良い)"
    bench_panel_setup
        en "the steps of a login of tessh, ms"
        ja "tessh のログインの各段階 ms"
    bench_step_name
        en "name lookup"
        ja "名前解決"
    bench_step_tcp
        en "TCP connection"
        ja "TCP 接続"
    bench_step_greeting
        en "greeting"
        ja "バージョン交換"
    bench_step_kex
        en "key exchange"
        ja "鍵交換"
    bench_step_login
        en "authentication"
        ja "認証"
    bench_step_channel
        en "channel"
        ja "チャネル"
    bench_step_output
        en "first output"
        ja "最初の出力"
    bench_step_total
        en "all steps"
        ja "合計"
    bench_one_run
        en "(one run)"
        ja "(1 回)"
    bench_spread(min, max, count)
        en "({min} to {max}, {count} runs)"
        ja "({min} ～ {max}、{count} 回)"
    bench_times_ssh(times)
        en "{times} x ssh"
        ja "ssh の {times} 倍"
    bench_round_trip(median, spread)
        en "round trip: {median} ms  {spread}"
        ja "往復時間: {median} ms  {spread}"
    bench_window(way, in_use, window)
        en "window, {way}: {in_use} of {window} MiB are on the way at this rate"
        ja "ウィンドウ ({way}): この速度では {window} MiB のうち {in_use} MiB を使用"
    bench_wall_window(way, rate, window, round_trip, most)
        en "{way}: the window is the wall: {window} MiB on a round trip of {round_trip} ms allow {most} MiB/s at most, and one connection has {rate}"
        ja "{way}: ウィンドウが上限です。{window} MiB と往復 {round_trip} ms では最大 {most} MiB/s で、1 接続の実測は {rate} MiB/s です"
    bench_wall_client(way, rate, percent)
        en "{way}: the client is the wall: at {rate} MiB/s tessh uses {percent} % of a processor"
        ja "{way}: クライアントが上限です。{rate} MiB/s で tessh が CPU 1 つの {percent} % を使います"
    bench_wall_client_held_back(way, rate, percent, available)
        en "{way}: the client is the wall: at {rate} MiB/s tessh uses {percent} % of a processor, and no program gets more than about {available} % of one here"
        ja "{way}: クライアントが上限です。{rate} MiB/s で tessh が CPU 1 つの {percent} % を使いますが、この機械で使えるのは約 {available} % までです"
    bench_wall_beginning(way, rate, trips, round_trip)
        en "{way}: the beginning of a connection is the wall: the bytes of a run took {trips} round trips of {round_trip} ms, within which TCP only gains speed; it may become faster than {rate} MiB/s, which more --bytes and --seconds tell"
        ja "{way}: 接続の立ち上がりが上限です。1 回の転送が往復 {round_trip} ms の {trips} 倍の時間で終わり、TCP はまだ加速中です。{rate} MiB/s より速くなる可能性があり、--bytes と --seconds を増やすと分かります"
    bench_wall_connection(way, rate, percent, two, round_trip)
        en "{way}: one connection is the wall, by TCP on a round trip of {round_trip} ms or by the server's process for it: it has {rate} MiB/s, two at once have {two}, and tessh uses {percent} % of a processor"
        ja "{way}: 接続 1 本が上限です (往復 {round_trip} ms での TCP、またはサーバーのプロセス)。1 接続で {rate} MiB/s、同時に 2 接続で計 {two} MiB/s、tessh の使用は CPU 1 つの {percent} % です"
    bench_wall_server(way, rate, percent, two)
        en "{way}: the server's process is the wall: one connection has {rate} MiB/s, two at once have {two}, and tessh uses {percent} % of a processor"
        ja "{way}: サーバーのプロセスが上限です。1 接続で {rate} MiB/s、同時に 2 接続で計 {two} MiB/s、tessh の使用は CPU 1 つの {percent} % です"
    bench_wall_link(way, rate, percent, two)
        en "{way}: the link is the wall, or the server's machine as a whole: one connection has {rate} MiB/s, two at once have {two}, and tessh uses {percent} % of a processor"
        ja "{way}: 回線、またはサーバー機全体が上限です。1 接続で {rate} MiB/s、同時に 2 接続でも計 {two} MiB/s、tessh の使用は CPU 1 つの {percent} % です"
    bench_wall_server_or_link(way, rate, percent)
        en "{way}: the server or the link is the wall, which a second connection would tell: {rate} MiB/s, and tessh uses {percent} % of a processor"
        ja "{way}: サーバーか回線が上限です (2 つ目の接続で測れば分かります)。{rate} MiB/s、tessh の使用は CPU 1 つの {percent} % です"
    bench_one_run_alone(way)
        en "{way}: that rests on little, one run; --seconds allows more"
        ja "{way}: 測定 1 回だけなので確かではありません。--seconds で増やせます"
    bench_runs_differ(way, count, min, max)
        en "{way}: that rests on little, {count} runs from {min} to {max} MiB/s; --seconds allows more"
        ja "{way}: {count} 回で {min} ～ {max} MiB/s とばらつきが大きく、確かではありません。--seconds で回数を増やせます"
    bench_two_held_up(way)
        en "{way}: that rests on little: two at once were slower by far than one, so something else was at work; measure again when less is"
        ja "{way}: 同時の 2 接続が 1 接続よりずっと遅く、ほかの負荷があったようなので、確かではありません。負荷の少ないときに測り直してください"
    bench_fastest(cipher)
        en "the fastest cipher of this pair, both ways together: {cipher}"
        ja "この組み合わせで最も速い暗号 (送受信の合計): {cipher}"
    bench_alike(ciphers)
        en "as fast within the spread: {ciphers}"
        ja "ばらつきの範囲で同じ速さ: {ciphers}"
    bench_fastest_of_one
        en "that rests on little, one run of each or of some; --seconds allows more"
        ja "測定 1 回だけの暗号があるので確かではありません。--seconds で増やせます"
    bench_search_unfinished
        en "the fastest cipher is not known: not each of them was measured both ways; --seconds allows more"
        ja "最も速い暗号は分かりません。すべての暗号を送受信とも測れませんでした。--seconds で時間を延ばせます"
    bench_in_session
        en "saved session:"
        ja "保存済みセッション:"
    bench_without_ssh(why)
        en "ssh is not beside it: {why}"
        ja "ssh は比べていません: {why}"
    bench_untold(way, program)
        en "{way}, {program}: a run takes hardly longer than its start here, which tells no rate; transfer more with --bytes, or for longer with --seconds"
        ja "{way}、{program}: 測定がほぼ開始処理だけで終わるため、転送速度は分かりません。--bytes で転送量を増やすか、--seconds で時間を延ばしてください"
    bench_untold_cpu(way, program)
        en "{way}, {program}: a run uses hardly more processor time than its start here, which does not tell that of the bytes; transfer more with --bytes, or for longer with --seconds"
        ja "{way}、{program}: CPU 時間のほとんどが開始処理なので、転送だけの CPU 時間は分かりません。--bytes で転送量を増やすか、--seconds で時間を延ばしてください"
    bench_rough
        en "the start of a run takes as long as its bytes here, so rates are rough; more --bytes and --seconds make them better"
        ja "ここでは測定の開始処理が転送と同じくらいかかるため、転送速度は大まかな値です。--bytes と --seconds を増やすと精度が上がります"
    bench_time_over
        en "the time was over before everything was measured; --seconds allows more"
        ja "すべてを測る前に時間切れになりました。--seconds で延ばせます"
    bench_interrupted
        en "ended before everything was measured"
        ja "すべてを測る前に終了しました"
}
