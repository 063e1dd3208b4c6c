// What we use of the npm package smpp, which brings no types: protocol data units, sessions, and for tests
// the centre's side.

declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer, Socket } from 'node:net';

  /** A text field as read: decoded, or left as bytes when the coding is not known to the package. */
  export type MessageField = {
    readonly message?: string | Buffer;
    readonly udh?: readonly Buffer[];
  };

  export type Pdu = {
    readonly command: string;
    readonly command_id: number;
    readonly command_status: number;
    readonly sequence_number: number;
    readonly system_id?: string;
    readonly password?: string;
    readonly message_id?: string;
    readonly source_addr?: string;
    readonly destination_addr?: string;
    readonly esm_class?: number;
    readonly data_coding?: number;
    readonly registered_delivery?: number;
    readonly short_message?: MessageField;
    readonly message_payload?: MessageField;
    readonly message_state?: number;
    readonly error_code?: number;
    readonly network_error_code?: Buffer;
    readonly receipted_message_id?: string;
    readonly user_message_reference?: number;
    readonly sar_msg_ref_num?: number;
    readonly sar_total_segments?: number;
    readonly sar_segment_seqnum?: number;
    isResponse(): boolean;
    response(fields?: PduFields): Pdu;
    toBuffer(): Buffer;
  };

  export type PduFields = Readonly<Record<string, unknown>>;

  export type Session = EventEmitter & {
    readonly socket: Socket;
    /** False when the socket takes nothing any more; then nothing was sent. */
    send(pdu: Pdu, onAnswer?: (answer: Pdu) => void): boolean;
    destroy(): void;
  };

  export type ConnectOptions = {
    readonly host: string;
    readonly port: number;
    readonly tls?: boolean;
  };

  const smpp: {
    readonly PDU: new (command: string, fields?: PduFields) => Pdu;
    connect(options: ConnectOptions): Session;
    createServer(listener: (session: Session) => void): NetServer;
    /** Names of command_status values. */
    readonly errors: Readonly<Record<string, number>>;
    readonly gsmCoder: {
      readonly GSM: { readonly charRegex: RegExp };
      encode(content: string, table: number): Buffer;
    };
  };
  export default smpp;
}
