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
}
