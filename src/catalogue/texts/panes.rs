//! The file manager with two panes.

texts! {
    panes_welcome
        en "Tab other pane   F1 all keys   Space marks   / filters"
        ja "Tab 反対側   F1 すべてのキー   Space 選択   / 絞り込み"
    panes_busy
        en "the server is still busy with earlier requests: try again when they are done"
        ja "サーバーはまだ前の要求を処理しています。終わってからもう一度お試しください"
    panes_working
        en "working…"
        ja "処理しています…"
    panes_key_help
        en "all keys"
        ja "すべてのキー"
    panes_key_compare
        en "compare: mark what differs in each pane"
        ja "比較: 両側で異なるものを選択"
    panes_key_view
        en "view the file"
        ja "ファイルを表示"
    panes_key_edit
        en "edit the file; what is saved is uploaded"
        ja "ファイルを編集（保存すると転送します）"
    panes_key_copy
        en "copy to the other pane, in the background"
        ja "反対側へコピー（バックグラウンド）"
    panes_key_move
        en "move to the other pane, in the background"
        ja "反対側へ移動（バックグラウンド）"
    panes_key_mkdir
        en "make a directory"
        ja "ディレクトリを作成"
    panes_key_remove
        en "delete, directories with all that is in them"
        ja "削除（ディレクトリは中身ごと）"
    panes_key_properties
        en "properties: permissions and owner"
        ja "属性: 権限と所有者"
    panes_key_quit
        en "quit"
        ja "終了"
    panes_key_rename
        en "rename"
        ja "名前を変更"
    panes_key_open
        en "enter the directory, or view the file"
        ja "ディレクトリに入る、またはファイルを表示"
    panes_key_leave
        en "to the parent directory"
        ja "親ディレクトリへ"
    panes_key_switch
        en "to the other pane"
        ja "反対側へ"
    panes_key_mark
        en "mark, and go on to the next"
        ja "選択して次へ"
    panes_key_mark_matching
        en "mark by pattern (* and ?)"
        ja "パターンで選択（* と ?）"
    panes_key_unmark_matching
        en "unmark by pattern"
        ja "パターンで選択を解除"
    panes_key_invert
        en "invert the marks of files"
        ja "ファイルの選択を反転"
    panes_key_filter
        en "show only names with what is typed; Esc shows all"
        ja "入力を含む名前だけを表示（Esc で全部）"
    panes_key_hidden
        en "show or hide names that begin with a dot"
        ja "ドットで始まる名前の表示を切り替え"
    panes_key_sort
        en "sort by name, size, time"
        ja "名前・サイズ・日時で並べ替え"
    panes_key_reverse
        en "reverse the order"
        ja "逆順"
    panes_key_reload
        en "read the directory again; connect again if the connection is lost"
        ja "ディレクトリを読み直す。切断後は再接続"
    panes_key_usage
        en "disk usage of what is marked, or of the directory"
        ja "選択したもの、またはディレクトリの使用量"
    panes_key_link
        en "make a symbolic link"
        ja "シンボリックリンクを作成"
    panes_key_go_to
        en "go to a path"
        ja "パスへ移動"
    panes_key_other_here
        en "show this path in the other pane"
        ja "このパスを反対側に表示"
    panes_key_synchronise
        en "synchronised browsing: both panes go the same way"
        ja "同期ブラウズ: 両側が同じように移動"
    panes_key_make_alike
        en "make the other pane's directory like this one (sync)"
        ja "反対側をこのディレクトリと同じにする（同期）"
    panes_key_bookmarks
        en "bookmarks of this place"
        ja "この場所のブックマーク"
    panes_key_queue
        en "the queue of copies"
        ja "コピーの待ち行列"
    panes_key_shell
        en "a shell in this directory"
        ja "このディレクトリでシェルを開く"
    panes_short_help
        en "Help"
        ja "ヘルプ"
    panes_short_compare
        en "Diff"
        ja "比較"
    panes_short_view
        en "View"
        ja "表示"
    panes_short_edit
        en "Edit"
        ja "編集"
    panes_short_copy
        en "Copy"
        ja "コピー"
    panes_short_move
        en "Move"
        ja "移動"
    panes_short_mkdir
        en "Mkdir"
        ja "作成"
    panes_short_remove
        en "Delete"
        ja "削除"
    panes_short_properties
        en "Props"
        ja "属性"
    panes_short_quit
        en "Quit"
        ja "終了"
    panes_column_name
        en "Name"
        ja "名前"
    panes_column_size
        en "Size"
        ja "サイズ"
    panes_column_time
        en "Changed"
        ja "更新日時"
    panes_column_mode
        en "Mode"
        ja "権限"
    panes_entry(size)
        en "1 entry, {size}"
        ja "1 件、{size}"
    panes_entries(count, size)
        en "{count} entries, {size}"
        ja "{count} 件、{size}"
    panes_marked(marked, size, count)
        en "{marked} of {count} marked, {size}"
        ja "{count} 件中 {marked} 件選択、{size}"
    panes_listing
        en "reading…"
        ja "読み込み中…"
    panes_filter_before
        en "filter: "
        ja "絞り込み: "
    panes_filter_found(count)
        en "({count} found)"
        ja "（{count} 件）"
    panes_no_file
        en "choose a file first"
        ja "先にファイルを選んでください"
    panes_nothing_meant
        en "choose a file or directory first"
        ja "先にファイルかディレクトリを選んでください"
    panes_several(count, size)
        en "{count} marked, {size}"
        ja "選択 {count} 件、{size}"
    panes_several_names(count)
        en "{count} files and directories"
        ja "{count} 件"
    panes_mkdir_title
        en "New directory"
        ja "新しいディレクトリ"
    panes_mkdir_accept
        en "Create"
        ja "作成"
    panes_name
        en "Name"
        ja "名前"
    panes_path
        en "Path"
        ja "パス"
    panes_to
        en "To"
        ja "コピー先"
    panes_copy_title
        en "Copy"
        ja "コピー"
    panes_copy_accept
        en "Copy"
        ja "コピー"
    panes_move_title
        en "Move"
        ja "移動"
    panes_move_accept
        en "Move"
        ja "移動"
    panes_transfer_to(place)
        en "to {place}, in the background:"
        ja "{place} へ（バックグラウンド）:"
    panes_transfer_slash
        en "A path with / at its end is a directory; without one, it is the new name."
        ja "末尾が / のパスはディレクトリ、そうでなければ新しい名前です。"
    panes_already_there(count)
        en "{count} of them are there already."
        ja "うち {count} 件はすでに存在します。"
    panes_existing
        en "Existing files"
        ja "既存のファイル"
    panes_existing_keep
        en "stay as they are"
        ja "そのまま残す"
    panes_existing_older
        en "are replaced if older"
        ja "古ければ置き換える"
    panes_existing_different
        en "are replaced if size or time differ"
        ja "サイズか日時が異なれば置き換える"
    panes_existing_ask
        en "ask about each"
        ja "1 つずつ確認する"
    panes_existing_replace
        en "are replaced"
        ja "置き換える"
    panes_rename_title
        en "Rename"
        ja "名前の変更"
    panes_rename_accept
        en "Rename"
        ja "変更"
    panes_remove_title
        en "Delete"
        ja "削除"
    panes_remove_accept
        en "Delete"
        ja "削除"
    panes_remove_from(place)
        en "will be deleted from {place}. This cannot be undone."
        ja "を {place} から削除します。元に戻せません。"
    panes_remove_tree
        en "Directories are deleted with all that is in them."
        ja "ディレクトリは中身ごと削除されます。"
    panes_properties_title
        en "Properties"
        ja "属性"
    panes_properties_accept
        en "Change"
        ja "変更"
    panes_properties_line(bytes, time, permissions)
        en "{bytes} bytes   changed {time}   {permissions}"
        ja "{bytes} バイト   更新 {time}   {permissions}"
    panes_properties_hint
        en "Mode in octal, owner as user:group in numbers; what is not changed or empty stays."
        ja "権限は 8 進数、所有者は 番号:番号。変更しないもの、空欄はそのままです。"
    panes_mode
        en "Mode"
        ja "権限"
    panes_owner
        en "Owner"
        ja "所有者"
    panes_mode_bad
        en "The mode is no octal number up to 7777, such as 0644."
        ja "権限は 7777 までの 8 進数で入力してください（例: 0644）。"
    panes_owner_bad
        en "The owner is not user:group in numbers, such as 1000:1000."
        ja "所有者は 番号:番号 で入力してください（例: 1000:1000）。"
    panes_name_bad(name)
        en "{name} cannot be a name: it is empty, . or .., or has a / in it."
        ja "「{name}」は名前にできません（空、.、.. や / を含む名前）。"
    panes_mark_title
        en "Mark"
        ja "選択"
    panes_mark_accept
        en "Mark"
        ja "選択"
    panes_unmark_title
        en "Unmark"
        ja "選択の解除"
    panes_unmark_accept
        en "Unmark"
        ja "解除"
    panes_pattern
        en "Pattern"
        ja "パターン"
    panes_matched(count)
        en "{count} names match"
        ja "{count} 件が一致しました"
    panes_link_title
        en "New symbolic link"
        ja "新しいシンボリックリンク"
    panes_link_accept
        en "Create"
        ja "作成"
    panes_link_target
        en "Points to"
        ja "リンク先"
    panes_link_no_target
        en "A link needs something to point to."
        ja "リンク先を入力してください。"
    panes_go_title
        en "Go to"
        ja "移動"
    panes_go_accept
        en "Go"
        ja "移動"
    panes_bookmarks_title(place)
        en "Bookmarks of {place}"
        ja "{place} のブックマーク"
    panes_bookmarks_none
        en "There are none yet."
        ja "まだありません。"
    panes_bookmark_here(path)
        en "Here: {path}"
        ja "現在: {path}"
    panes_bookmark_add
        en "Add this one"
        ja "ここを追加"
    panes_bookmark_forget
        en "Remove this one"
        ja "ここを削除"
    panes_bookmarks_kept
        en "the bookmarks are saved"
        ja "ブックマークを保存しました"
    panes_quit_title
        en "Quit"
        ja "終了"
    panes_quit_accept
        en "Quit"
        ja "終了"
    panes_quit_jobs(count)
        en "Jobs that are not done: {count}. They are kept, and offered when you come back."
        ja "終わっていない処理が {count} 件あります。保存しておき、次回に再開できます。"
    panes_old_title
        en "Unfinished copies"
        ja "終わっていないコピー"
    panes_old_resume
        en "Resume"
        ja "再開"
    panes_old_forget
        en "Forget"
        ja "破棄"
    panes_old_jobs(count)
        en "Jobs of an earlier time that are not done: {count}. Esc leaves them paused."
        ja "前回終わらなかった処理が {count} 件あります。Esc で一時停止のまま残します。"
    panes_queue_title
        en "Queue"
        ja "待ち行列"
    panes_queue_empty
        en "Nothing is queued. F5 copies, F6 moves."
        ja "待っているものはありません。F5 でコピー、F6 で移動します。"
    panes_queue_details
        en "details"
        ja "詳細"
    panes_job_title
        en "Job"
        ja "ジョブ"
    panes_job_what
        en "What"
        ja "内容"
    panes_job_copies
        en "copy"
        ja "コピー"
    panes_job_moves
        en "move"
        ja "移動"
    panes_job_syncs
        en "make alike"
        ja "同じ内容にする"
    panes_job_names
        en "Names"
        ja "名前"
    panes_job_from
        en "From"
        ja "元"
    panes_job_to
        en "To"
        ja "先"
    panes_job_state
        en "State"
        ja "状態"
    panes_job_now
        en "Now"
        ja "処理中"
    panes_job_why
        en "Why"
        ja "理由"
    panes_job_gone
        en "It is no longer in the queue."
        ja "もう待ち行列にありません。"
    panes_queue_pause
        en "pause, resume"
        ja "一時停止・再開"
    panes_queue_pause_all
        en "all"
        ja "すべて"
    panes_queue_shift
        en "up, down"
        ja "上へ・下へ"
    panes_queue_cancel
        en "cancel"
        ja "取り消し"
    panes_queue_clear
        en "clear what is done"
        ja "済みを消す"
    panes_queue_copy(what, place)
        en "copy {what} to {place}"
        ja "{what} を {place} へコピー"
    panes_queue_move(what, place)
        en "move {what} to {place}"
        ja "{what} を {place} へ移動"
    panes_queue_full
        en "the queue is full: wait until some of it is done"
        ja "待ち行列がいっぱいです。終わるのを待ってください"
    panes_queued
        en "queued; j shows the queue"
        ja "待ち行列に入れました（j で表示）"
    panes_job_waiting
        en "waiting"
        ja "待機中"
    panes_job_paused
        en "paused"
        ja "一時停止"
    panes_job_done
        en "done"
        ja "完了"
    panes_job_done_kept(kept)
        en "done, {kept} left as they were"
        ja "完了（{kept} 件はそのまま）"
    panes_job_failed
        en "failed"
        ja "失敗"
    panes_job_failed_why(why)
        en "failed, j shows the job: {why}"
        ja "失敗しました（j で表示）: {why}"
    panes_jobs_failed(count)
        en "failed: {count}"
        ja "失敗 {count} 件"
    panes_job_running(copied, total)
        en "{copied} of {total}"
        ja "{copied} / {total}"
    panes_jobs_open(count)
        en "jobs waiting: {count}"
        ja "{count} 件待機中"
    panes_into_itself
        en "a directory cannot be copied into itself"
        ja "ディレクトリを自身の中にはコピーできません"
    panes_synchronised
        en "both panes go the same way from here; y ends it"
        ja "ここから両側が同じように移動します（y で終了）"
    panes_not_synchronised
        en "each pane goes its own way again"
        ja "それぞれ別に移動します"
    panes_synchronised_mark
        en "[sync]"
        ja "［同期］"
    panes_view_title(name, from, to, all)
        en "{name}  {from}-{to} of {all}"
        ja "{name}  {from}-{to} / {all}"
    panes_view_cut
        en "(only the beginning)"
        ja "（先頭のみ）"
    panes_view_keys
        en "Esc back   arrows, PgUp, PgDn, Home, End   x text or numbers   F1 help"
        ja "Esc 戻る   矢印, PgUp, PgDn, Home, End   x 文字・16 進   F1 ヘルプ"
    panes_view_numbers
        en "text or numbers"
        ja "文字・16 進"
    panes_local
        en "local"
        ja "ローカル"
    panes_about(file, reason)
        en "{file}: {reason}"
        ja "{file}: {reason}"
    panes_there_already(file)
        en "{file} is there already: choose another name"
        ja "{file} はすでに存在します。別の名前を選んでください"
    panes_not_a_directory(file)
        en "{file} is there already, and is no directory"
        ja "{file} はすでに存在し、ディレクトリではありません"
    panes_too_deep(file, most)
        en "{file}: directories more than {most} deep are left alone"
        ja "{file}: {most} 段より深いディレクトリは扱いません"
    panes_usage(size, bytes, files, directories)
        en "{size} ({bytes} bytes); files: {files}, directories: {directories}"
        ja "{size}（{bytes} バイト）、ファイル {files} 件、ディレクトリ {directories} 件"
    panes_usage_small(bytes, files, directories)
        en "bytes: {bytes}; files: {files}, directories: {directories}"
        ja "{bytes} バイト、ファイル {files} 件、ディレクトリ {directories} 件"
    panes_done_made(name)
        en "made {name}"
        ja "{name} を作成しました"
    panes_done_renamed(name)
        en "renamed to {name}"
        ja "{name} に変更しました"
    panes_done_removed(count)
        en "deleted: {count}"
        ja "削除しました: {count} 件"
    panes_done_changed(count)
        en "changed: {count}"
        ja "変更しました: {count} 件"
    panes_place_elsewhere(place)
        en "{place} is in no pane: open it with tessh files, and resume there"
        ja "{place} はどちらの側にもありません。tessh files で開いて再開してください"
    panes_several_failed(count, first)
        en "{count} failed, the first: {first}"
        ja "{count} 件失敗しました。最初のもの: {first}"
    panes_changed_meanwhile(file)
        en "{file} was changed while it was copied: copy it again"
        ja "{file} はコピー中に変更されました。もう一度コピーしてください"
    panes_program_failed(reason)
        en "the program cannot be started: {reason}"
        ja "プログラムを起動できません: {reason}"
    panes_edited(name)
        en "{name}: the editor is closed"
        ja "{name}: エディターを閉じました"
    panes_edit_unchanged(name)
        en "{name} was not changed"
        ja "{name} は変更されていません"
    panes_edit_uploaded(name)
        en "{name} is saved on the server"
        ja "{name} をサーバーに保存しました"
    panes_edit_conflict(name, beside)
        en "{name} was changed by somebody else meanwhile: yours is {beside}"
        ja "{name} は編集中に他で変更されました。編集した内容は {beside} にあります"
    panes_edit_kept(why, file)
        en "{why}; what you saved is still in {file}"
        ja "{why}。保存した内容は {file} に残っています"
    panes_edit_too_large(name, most)
        en "{name} is larger than {most} MiB: get it, edit it, and put it back"
        ja "{name} は {most} MiB を超えています。get で取得し、編集後に put してください"
    panes_shell_ended
        en "the shell has ended"
        ja "シェルが終了しました"
    panes_shell_not_entered(directory)
        en "no shell: the server cannot enter {directory}"
        ja "シェルを開けません: サーバーが {directory} に入れません"
    panes_lost(place, why)
        en "{place}: connection lost, Ctrl-R connects again ({why})"
        ja "{place}: 接続が切れました。Ctrl-R で再接続します（{why}）"
    panes_lost_foot
        en "no connection; Ctrl-R: again"
        ja "切断。Ctrl-R で再接続"
    panes_connected(place)
        en "{place}: connected again"
        ja "{place}: 再接続しました"
    panes_not_connected(place, why)
        en "{place} cannot be connected to: {why}"
        ja "{place} に接続できません: {why}"
    panes_plain
        en "the two panes need the whole screen, which --plain forbids"
        ja "2 画面には全画面が必要ですが、--plain が指定されています"
    panes_plain_hint
        en "tessh get and tessh put transfer files without a screen"
        ja "tessh get と tessh put なら画面なしで転送できます"
    panes_no_terminal
        en "the two panes need a terminal for input and output"
        ja "2 画面には入出力とも端末が必要です"
    panes_no_flags
        en "--json means nothing to the two panes"
        ja "--json は 2 画面では使えません"
    panes_no_flags_hint
        en "leave it out, or add --batch; the panes have a queue (j)"
        ja "外してください。コピーは待ち行列（j）で管理します"
    panes_too_many
        en "there are two panes, and more than two places"
        ja "3 つ以上の場所が指定されています（画面は 2 つです）"
    panes_usage_line
        en "tessh files [options] [[user@]host[:path]] [[user@]host[:path] or local]"
        ja "tessh files [オプション] [[user@]host[:path]] [[user@]host[:path] またはローカル]"
}
