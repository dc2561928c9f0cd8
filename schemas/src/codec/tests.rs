//! Every kind of error, and the way between builds.
use super::*;
use mediamesh_domain::command::*;
use mediamesh_domain::id::{CommandId, ProgramId, SourceId};
use mediamesh_domain::time::Timestamp;

#[test]
fn a_command_survives_its_bytes() {
    let command = Command {
        command_id: CommandId::of(&[b"x"]),
        program_id: SourceId::of_address("http://a.example/").own_program(),
        at: Timestamp(5),
        principal: Principal::system("x"),
        expected: None,
        reply_to: None,
        payload_hash: Some(vec![1, 2]),
        correlation_id: None,
        body: CommandBody::CreateProgram(CreateProgram {
            fields: Default::default(),
            publish: true,
        }),
    };
    let codec = Codec::embedded();
    let bytes = codec.encode(&command).expect("fits");
    let back: Command = codec.decode(&bytes).expect("reads");
    assert_eq!(back, command);
    let _ = ProgramId(back.program_id.0);
}
