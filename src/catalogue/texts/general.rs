//! What every failure is made of, the words of the operating system, and what several
//! dialogs share.

texts! {
    ok
        en "OK"
        ja "OK"
    cancel
        en "Cancel"
        ja "キャンセル"
    yes
        en "Yes"
        ja "はい"
    no
        en "No"
        ja "いいえ"
    close
        en "Close"
        ja "閉じる"
    keys_hint(keys, does)
        en "{keys} {does}"
        ja "{keys} {does}"
    hint_move
        en "move"
        ja "移動"
    hint_choose
        en "choose"
        ja "選択"
    hint_confirm
        en "confirm"
        ja "決定"
    hint_cancel
        en "cancel"
        ja "キャンセル"
    more_above
        en "more above"
        ja "上に続きがあります"
    more_below
        en "more below"
        ja "下に続きがあります"

    // Everywhere
    cause_and_hint(first, then)
        en "{first}; {then}"
        ja "{first}。{then}"
    list_and
        en " and "
        ja " と "
    list_or
        en " or "
        ja " か "
    choose_one(keys)
        en "Nothing is chosen yet: press {keys}."
        ja "まだ何も選ばれていません。{keys} を押してください。"
    choice_unusable(label, why)
        en "{label}: {why}"
        ja "{label}: {why}"
    hint_help
        en "help"
        ja "ヘルプ"
    hint_select_keys
        en "Shift+drag"
        ja "Shift+ドラッグ"
    hint_select
        en "select text"
        ja "文字を選択"
    keys_title
        en "Keys"
        ja "キー"
    keys_scroll
        en "scroll; the wheel does as well"
        ja "スクロール（ホイールでも可）"
    keys_click
        en "choose, press; a second click on a row of a list confirms it"
        ja "選択・実行（一覧の行はもう一度クリックすると決定）"
    keys_click_keys
        en "Click"
        ja "クリック"
    keys_select
        en "select text, as the terminal does; without Shift the mouse is for this screen"
        ja "端末の機能で文字を選択（Shiftなしのマウス操作はこの画面に届きます）"
    list_more(more)
        en "{more} more"
        ja "ほか {more} 件"
    year_10000
        en "the year 10000 or later"
        ja "10000 年以降"

    // The operating system
    links_too_many
        en "too many symbolic links"
        ja "シンボリックリンクが多すぎます"
    link_planted
        en "it is another user's symbolic link in a directory that all may write, and is not followed"
        ja "だれでも書き込めるディレクトリにある、ほかのユーザーのシンボリックリンクのため、たどりません"
    link_planted_hint
        en "name another file, in a directory that only you can write"
        ja "自分だけが書き込めるディレクトリのファイルを指定してください"
    os_no_such_file
        en "No such file or directory"
        ja "そのようなファイルやディレクトリはありません"
    os_pipe_without_writer
        en "it is a pipe that nobody writes to"
        ja "パイプですが、書き込むプログラムがありません"
    os_pipe_without_text
        en "it is a pipe that nothing came from"
        ja "パイプですが、何も届きませんでした"
    os_pipe_without_end(seconds)
        en "it is a pipe that did not end within {seconds} seconds"
        ja "パイプですが、{seconds} 秒以内に終わりませんでした"
    os_pipe_too_long
        en "it is a pipe from which more came than can be read again"
        ja "パイプですが、読み直せる量を超えています"
    os_pipes_too_many
        en "it is a pipe, and too many others were read before it"
        ja "パイプですが、読み直しのために覚えられる数を超えています"
    os_permission_denied
        en "Permission denied"
        ja "アクセス権がありません"
    os_not_a_directory
        en "Not a directory"
        ja "ディレクトリではありません"
    os_is_a_directory
        en "Is a directory"
        ja "ディレクトリです"
    os_file_exists
        en "File exists"
        ja "同じ名前のファイルがすでにあります"
    os_read_only
        en "Read-only file system"
        ja "読み取り専用のファイルシステムです"
    os_disk_full
        en "No space left on device"
        ja "ディスクに空きがありません"
    os_disk_full_hint
        en "make room there, and try again"
        ja "空き容量を作ってから、もう一度お試しください"
    os_read_only_hint
        en "choose a place that can be written to"
        ja "書き込める場所を指定してください"
    os_file_too_large_hint
        en "raise the limit of a file's size (ulimit -f)"
        ja "ファイルサイズの上限 (ulimit -f) を上げてください"
    terminal_gone
        en "it has gone away"
        ja "端末がなくなりました"
    os_too_many_files_hint
        en "raise the limit of open files (ulimit -n)"
        ja "開けるファイル数の上限 (ulimit -n) を上げてください"
    os_no_thread
        en "the system can start no more threads"
        ja "システムがこれ以上スレッドを開始できません"
    os_no_thread_hint
        en "end other programs, or raise the limits of processes and memory (ulimit -u, ulimit -v)"
        ja "ほかのプログラムを終了するか、プロセス数とメモリの上限 (ulimit -u、ulimit -v) を上げてください"
    os_address_in_use
        en "Address already in use"
        ja "そのアドレスはすでに使われています"
    os_address_not_here
        en "Cannot assign requested address"
        ja "このマシンにそのアドレスはありません"
}
