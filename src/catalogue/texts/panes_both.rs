//! What is about both panes: comparing, one made like the other, and files that are there already.

texts! {
    panes_compare_title
        en "Compare the panes"
        ja "両側を比較"
    panes_compare_accept
        en "Compare"
        ja "比較"
    panes_compare_about
        en "Marks what the other pane does not have, or has otherwise; directories with all that is in them."
        ja "反対側にないもの、異なるものを選択します。ディレクトリは中身もすべて比べます。"
    panes_compare_by
        en "Files are told apart by"
        ja "ファイルの比較方法"
    panes_compare_times
        en "size and time"
        ja "サイズと日時"
    panes_compare_contents
        en "what is in them (reads them all)"
        ja "内容（すべて読みます）"
    panes_compare_left
        en "compared, but the panes show other directories now"
        ja "比較しましたが、表示中のディレクトリが変わっています"
    panes_compare_too_much(most)
        en "more than {most} names: compare smaller directories"
        ja "名前が {most} 件を超えています。小さなディレクトリで比較してください"
    panes_sync_places
        en "one pane must be this machine, the other one a server"
        ja "片側はこのマシン、もう片側はサーバーである必要があります"
    panes_sync_title
        en "Make one directory like the other"
        ja "ディレクトリの同期"
    panes_sync_accept
        en "Synchronise"
        ja "同期"
    panes_sync_target(target)
        en "{target} becomes like"
        ja "変更される側: {target}"
    panes_sync_source(source)
        en "{source}"
        ja "元の側: {source}"
    panes_sync_copies(files, size, made)
        en "{files} files ({size}) are copied, older or newer; {made} directories and links are made."
        ja "ファイル {files} 件（{size}）をコピー（新旧を問わず）、ディレクトリとリンク {made} 件を作成。"
    panes_sync_more(removed, most)
        en "{removed} names would be removed by now, not {most}; nothing was changed, compare again"
        ja "削除する対象が {most} 件から {removed} 件に増えました。何も変更していません。もう一度比べてください"
    panes_sync_surplus(count)
        en "{count} names are there only"
        ja "変更される側だけにあるもの: {count} 件"
    panes_sync_surplus_what
        en "They"
        ja "それらを"
    panes_sync_keep
        en "stay"
        ja "残す"
    panes_sync_delete
        en "are deleted"
        ja "削除する"
    panes_overwrite_title
        en "A file is there already"
        ja "既存のファイル"
    panes_overwrite_there(facts)
        en "there: {facts}"
        ja "既存: {facts}"
    panes_overwrite_new(facts)
        en "new:   {facts}"
        ja "新規: {facts}"
    panes_overwrite_pause
        en "Esc pauses the copy."
        ja "Esc でコピーを一時停止します。"
    panes_answer_accept
        en "Answer"
        ja "回答"
    panes_answer_keep
        en "it stays"
        ja "残す"
    panes_answer_replace
        en "replace it"
        ja "置き換える"
    panes_answer_keep_all
        en "it stays, and all that follow"
        ja "以降もすべて残す"
    panes_answer_replace_all
        en "replace it, and all that follow"
        ja "以降もすべて置き換える"
    panes_job_asks
        en "asks"
        ja "確認待ち"
    panes_queue_sync(from, place)
        en "make {place} like {from}"
        ja "{place} を {from} に同期"
    panes_same
        en "nothing differs"
        ja "違いはありません"
    panes_differ(left, right)
        en "marked what differs: {left} left, {right} right"
        ja "異なるものを選択しました: 左 {left} 件、右 {right} 件"
}
