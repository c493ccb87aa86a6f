//! Directories that are made alike.

texts! {
    sync_no_source
        en "there is no such directory to take files from"
        ja "コピー元のディレクトリがありません"
    sync_no_source_hint
        en "the first of the two names is the one that files come from"
        ja "二つの名前のうち、先のほうがコピー元です"
    sync_blocked
        en "a directory and something else have this name, and nothing is removed without --delete"
        ja "片方ではディレクトリ、もう片方では別のものです。--delete なしでは何も削除しません"
    sync_blocked_hint
        en "move one of the two away, or add --delete"
        ja "どちらかを移すか、--delete を付けてください"
    sync_two_places
        en "sync takes two directories, the one to copy from and the one to make like it"
        ja "sync にはコピー元とコピー先の二つのディレクトリを指定してください"
    sync_usage
        en "tessh sync host:directory directory, or tessh sync directory host:directory"
        ja "tessh sync ホスト:ディレクトリ ディレクトリ、または tessh sync ディレクトリ ホスト:ディレクトリ"
    sync_two_remote
        en "both directories are on a server, and one has to be here"
        ja "両方ともサーバー上です。片方は手元のディレクトリにしてください"
    sync_two_local
        en "both directories are here, and one has to be on a server"
        ja "両方とも手元にあります。片方はサーバー上のディレクトリにしてください"
    sync_criteria_bad(shown)
        en "\"{shown}\" is nothing that files are told apart by"
        ja "「{shown}」はファイルを見分ける基準ではありません"
    sync_kept(count)
        en "{count} names that only the target has were not removed, because something failed before"
        ja "途中で失敗したため、コピー先だけにある {count} 件は削除していません"
    sync_special
        en "no regular file, directory or link"
        ja "通常のファイル、ディレクトリ、リンクのいずれでもありません"
    sync_special_left(count)
        en "{count} names are no regular files, directories or links, and were left out"
        ja "通常のファイル、ディレクトリ、リンクではない {count} 件は対象外です"
    sync_partial
        en "left by an interrupted transfer"
        ja "中断した転送が残したもの"
    sync_partial_left(count)
        en "{count} unfinished files of interrupted transfers (NAME.filepart) were left out"
        ja "中断した転送の未完了ファイル (NAME.filepart) {count} 件は対象外です"
    sync_why_kind
        en "the target's is no regular file"
        ja "コピー先は通常のファイルではありません"
    sync_why_size(target, size)
        en "{target} bytes become {size}"
        ja "{target} バイトが {size} バイトになります"
    sync_why_newer
        en "newer"
        ja "新しい"
    sync_why_older
        en "older"
        ja "古い"
    sync_why_contents
        en "other contents"
        ja "内容が違う"
    sync_summary(files, bytes, directories, links, removed, same)
        en "to do: copy {files} files ({bytes}), make {directories} directories and {links} links, remove {removed} names; {same} are the same"
        ja "予定: コピー {files} ファイル ({bytes})、ディレクトリ作成 {directories}、リンク作成 {links}、削除 {removed}、同一 {same}"
}
