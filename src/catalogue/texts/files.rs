//! Files of a server.

texts! {
    files_through_master_ended(status)
        en "the shared connection's session ended with status {status}"
        ja "共有接続のセッションがステータス {status} で終了しました"
    files_shared_is_one
        en "a shared connection is used, which is one"
        ja "共有接続を使うため、接続は 1 本です"
    files_login_is_one
        en "this login cannot be repeated without asking again"
        ja "このログインは、もう一度尋ねずには繰り返せません"
}
